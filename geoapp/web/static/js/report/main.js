/**
 * The report page: one draft, seven screens, the browser's own history between them.
 *
 * This module wires; each screen lives in the module of its name.
 */

import { address, getJson } from '../shared/api.js';
import { config } from '../shared/config.js';
import { byId } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { listen } from '../map/live.js';
import { checkScreen } from './check.js';
import { confirmScreen, listScreen } from './confirm.js';
import { describeScreen } from './describe.js';
import { browserStorage, emptyDraft, forgetDraft, loadDraft, saveDraft } from './draft.js';
import { SCREENS, permitted, preceding, screenOf } from './flow.js';
import { clearSent, loadSent, sentScreen } from './sent.js';
import { whatScreen } from './what.js';
import { whereScreen } from './where.js';

const storage = browserStorage();
const main = byId('content');
const title = byId('report-title');
const steps = byId('report-steps');

/** What the screens share. */
const app = {
  draft: loadDraft(storage, config.city.code),
  catalogue: null,
  current: null,
  /** Problems named by the server, shown by the screen that owns the field: {field: message}. */
  refused: {},

  service() {
    return this.catalogue?.services.find((one) => one.code === this.draft.service) ?? null;
  },
  /** Keep the draft and say so where the citizen looks for it. */
  save(change = {}) {
    Object.assign(this.draft, change);
    const kept = saveDraft(storage, config.city.code, this.draft);
    for (const line of document.querySelectorAll('[data-saved]')) {
      line.textContent = t(kept ? 'report_draft_saved' : 'report_draft_unsaved');
    }
  },
  /** Start anew, after sending. */
  reset() {
    forgetDraft(storage, config.city.code);
    this.draft = emptyDraft();
    this.refused = {};
  },
  areas: cached((anew) => getJson(address('/api/v1/areas'), anew ? { cache: 'no-cache' } : {})),
  /** Move on to *screen*, as a step that "back" undoes. */
  go(screen, { replace = false } = {}) {
    const state = { screen, inside: replace ? Boolean(history.state?.inside) : true };
    history[replace ? 'replaceState' : 'pushState'](state, '', `#${SCREENS[screen].hash}`);
    show(screen);
  },
  refreshPlace: () => screens.where.refresh(),
  showArea: (code) => screens.where.showArea(code),
  say(text) {
    byId('report-status').textContent = text;
  },
};

const screens = {};
for (const [name, create] of Object.entries({
  what: whatScreen,
  where: whereScreen,
  confirm: confirmScreen,
  list: listScreen,
  describe: describeScreen,
  check: checkScreen,
  sent: sentScreen,
})) {
  screens[name] = create(app);
}

/** Remember the promise of a request that need not be repeated, unless it failed or is forgotten. */
function cached(request) {
  let promise = null;
  let anew = false;
  const ask = () => {
    promise ??= request(anew).catch((error) => {
      promise = null;
      throw error;
    });
    return promise;
  };
  ask.forget = () => { promise = null; anew = true; };
  return ask;
}

function show(wanted) {
  const screen = permitted(wanted, app.draft, app.service(), Boolean(loadSent()));
  if (screen !== wanted) {
    history.replaceState({ ...history.state, screen }, '', `#${SCREENS[screen].hash}`);
  }
  const first = app.current === null;
  if (app.current && app.current !== screen) screens[app.current].leave?.();
  app.current = screen;
  main.dataset.screen = screen;
  for (const section of main.querySelectorAll('.r-screen')) {
    section.hidden = section.dataset.for !== screen;
  }
  const { step, title: key } = SCREENS[screen];
  title.textContent = t(key);
  document.title = `${t(key)} · ${config.city.name}`;
  [...steps.children].forEach((bar, index) => bar.classList.toggle('on', index < step));
  steps.setAttribute('aria-label', t('report_step', { n: step }));
  app.say('');
  screens.where.frame(screen);
  screens[screen].enter();
  // A screen reader starts each screen at its heading; the first one at the page's top.
  if (!first) title.focus({ preventScroll: true });
}

function back() {
  if (history.state?.inside) {
    history.back();
    return;
  }
  const before = app.current === 'sent' ? null : preceding(app.current, app.draft);
  if (before) app.go(before, { replace: true });
  else window.location.assign(address('/'));
}

function showConnection() {
  byId('report-offline').hidden = navigator.onLine;
}

async function start() {
  try {
    app.catalogue = await getJson(address('/api/v1/services'));
  } catch {
    screens.what.failed(start);
    show('what');
    return;
  }
  const asked = new URLSearchParams(window.location.search).get('service');
  if (asked && !app.draft.service && app.catalogue.services.some((one) => one.code === asked)) {
    app.save({ service: asked });
  }
  // A service that has left the catalogue since the draft was kept is chosen anew.
  if (app.draft.service && !app.service()) app.save({ service: null });
  show(screenOf(window.location.hash) ?? 'what');
}

byId('report-back').addEventListener('click', back);
window.addEventListener('popstate', () => {
  const { hash } = window.location;
  // The skip link and the like have their own fragments: they leave the screen alone.
  if (!hash || screenOf(hash)) show(screenOf(hash) ?? 'what');
});
window.addEventListener('online', showConnection);
window.addEventListener('offline', showConnection);
byId('sent-again').addEventListener('click', () => {
  clearSent();
  app.go('what', { replace: true });
});
// Of the feed this page only wants to know when the city goes by other areas.
listen({
  complaint() {}, retraction() {}, reload() {}, lost() {}, back() {},
  boundaries() {
    app.areas.forget();
    screens.where.boundaries();
  },
});
showConnection();
start();
