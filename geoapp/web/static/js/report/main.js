/**
 * The report page: one draft, its screens, the browser's own history between them.
 *
 * This module wires; each screen lives in the module of its name.
 */

import { address, getJson } from '../shared/api.js';
import { config } from '../shared/config.js';
import { byId } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { createPhotos } from '../shared/photos.js';
import { createThumbs } from '../shared/phototray.js';
import { listen } from '../map/live.js';
import { alikeScreen, createSearch } from './alike.js';
import { checkScreen } from './check.js';
import { confirmScreen, listScreen } from './confirm.js';
import { describeScreen } from './describe.js';
import { browserStorage, emptyDraft, forgetDraft, loadDraft, saveDraft } from './draft.js';
import { SCREENS, following, permitted, preceding, screenOf } from './flow.js';
import { photoScreen } from './photo.js';
import { clearSent, loadSent, sentScreen } from './sent.js';
import { thanksScreen } from './thanks.js';
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
  /** The report that was supported instead of sending another: {complaint, ticket, result, …}. */
  supported: null,

  service() {
    return this.catalogue?.services.find((one) => one.code === this.draft.service) ?? null;
  },
  /** Keep the draft and say so where the citizen looks for it. */
  save(change = {}) {
    Object.assign(this.draft, change);
    // Whoever supported another report has let go of this one, unless they come back to it.
    if (this.supported) return;
    const kept = saveDraft(storage, config.city.code, this.draft);
    for (const line of document.querySelectorAll('[data-saved]')) {
      line.textContent = t(kept ? 'report_draft_saved' : 'report_draft_unsaved');
    }
  },
  /** Start anew, after sending. */
  reset() {
    this.photos.clear();
    forgetDraft(storage, config.city.code);
    this.draft = { ...emptyDraft(), photos: this.photos.list };
    this.refused = {};
  },
  areas: cached((anew) => getJson(address('/api/v1/areas'), anew ? { cache: 'no-cache' } : {})),
  /** Move on to *screen*, as a step that "back" undoes. */
  go(screen, { replace = false } = {}) {
    const state = { screen, inside: replace ? Boolean(history.state?.inside) : true };
    history[replace ? 'replaceState' : 'pushState'](state, '', `#${SCREENS[screen].hash}`);
    show(screen);
  },
  /** Move on from the place: first to what is alike nearby, if anything is. */
  async onward(from, button) {
    let next = following(from, this.draft, this.service());
    if (next === 'describe') {
      button.setAttribute('aria-busy', 'true');
      const alike = await this.alike.look();
      button.removeAttribute('aria-busy');
      if (this.current !== from) return;
      next = following(from, this.draft, this.service(), alike);
    }
    this.go(next);
  },
  openAlike: (index) => screens.alike.open(index),
  refreshPlace: () => screens.where.refresh(),
  showArea: (code) => screens.where.showArea(code),
  say(text) {
    byId('report-status').textContent = text;
  },
};

app.photos = createPhotos({
  kept: app.draft.photos,
  save: () => app.save(),
  changed: () => screens[app.current]?.changed?.(),
  source: main.dataset.tus,
});
app.thumbs = createThumbs(app.photos);
app.alike = createSearch(app);

const screens = {};
for (const [name, create] of Object.entries({
  photo: photoScreen,
  what: whatScreen,
  where: whereScreen,
  confirm: confirmScreen,
  list: listScreen,
  alike: alikeScreen,
  describe: describeScreen,
  check: checkScreen,
  sent: sentScreen,
  thanks: thanksScreen,
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
  const there = { alike: Boolean(app.alike.found()), thanks: Boolean(app.supported) };
  const screen = permitted(wanted, app.draft, app.service(), Boolean(loadSent()), there);
  if (screen !== wanted) {
    history.replaceState({ ...history.state, screen }, '', `#${SCREENS[screen].hash}`);
  }
  const first = app.current === null;
  if (app.current && app.current !== screen) screens[app.current].leave?.();
  app.current = screen;
  if (screen === 'thanks') {
    forgetDraft(storage, config.city.code);
  } else if (app.supported) {
    app.supported = null;
    app.save();
  }
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
  const before = ['sent', 'thanks'].includes(app.current) ? null : preceding(app.current, app.draft);
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
    // A photo needs no list: it is on its way meanwhile.
    show(screenOf(window.location.hash) ? 'what' : 'photo');
    return;
  }
  const asked = new URLSearchParams(window.location.search).get('service');
  if (asked && !app.draft.service && app.catalogue.services.some((one) => one.code === asked)) {
    app.save({ service: asked });
  }
  // A service that has left the catalogue since the draft was kept is chosen anew.
  if (app.draft.service && !app.service()) app.save({ service: null });
  const wanted = screenOf(window.location.hash) ?? 'photo';
  if (wanted === 'alike') await app.alike.look();
  show(wanted);
}

byId('report-back').addEventListener('click', back);
window.addEventListener('popstate', () => {
  const { hash } = window.location;
  // The skip link and the like have their own fragments: they leave the screen alone.
  if (!hash || screenOf(hash)) show(screenOf(hash) ?? 'photo');
});
window.addEventListener('online', showConnection);
window.addEventListener('offline', showConnection);
byId('sent-again').addEventListener('click', () => {
  clearSent();
  app.go('photo', { replace: true });
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
// A try whose answer was lost may have given the photos to the report: only the server knows.
app.photos.resume({ surely: !app.draft.attempt });
start();
