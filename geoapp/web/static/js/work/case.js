/** A case's own page: fresh by itself, with its map, its actions and its keys. */

import { config } from '../shared/config.js';
import { byId, el } from '../shared/dom.js';
import { time } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { keepView } from '../shared/language.js';
import { listen } from '../map/live.js';
import { CaseMap } from './casemap.js';
import { CasePanel, say } from './panel.js';
import { keyboard, keysDialog } from './shared/keys.js';

keepView();

const TICK_MS = 30_000;
const found = window[config.map_variable ?? 'geoapp_map'];
const map = window.L && found instanceof window.L.Map ? new CaseMap(found) : null;
let version = 0;

const panel = new CasePanel(byId('case'), {
  onShown: (facts) => {
    if (version && facts.version !== version) say(t('case_changed', { status: t(`status_${facts.status}`) }));
    version = facts.version;
    map?.show(facts);
  },
  onDone: ({ other, step }) => {
    if (step === 'split' && other) location.assign(`${config.base ?? ''}/case/${encodeURIComponent(other)}`);
  },
  onGone: (words, typed) => {
    const back = el('a.btn.primary', { href: `${config.base ?? ''}/agency` }, t('back_to_queue'));
    byId('case').replaceChildren(el('div.state', {}, el('b', {}, words), typed ? el('p', {}, t('typed_was')) : null, typed ? el('p.typed', { dir: 'auto' }, typed) : null, back));
    say(words);
    back.focus();
  },
});
panel.adopt();
setInterval(() => panel.tick(), TICK_MS);
document.addEventListener('visibilitychange', () => { if (!document.hidden) panel.refresh(); });

// Whoever came from the queue goes back to it as it was, with its filters.
const fromQueue = document.referrer.startsWith(`${location.origin}${config.base ?? ''}/agency`);
document.querySelector('.case-back a').addEventListener('click', (event) => {
  if (!fromQueue || history.length < 2 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  history.back();
});

const toggleKeys = keysDialog(byId('keys'));
byId('show-keys').addEventListener('click', () => toggleKeys());
const step = (name, preset) => () => panel.actions.start(name, preset);
keyboard({
  v: step('verify'), a: step('assign'), h: step('hold'), r: step('answer'), n: step('note'), g: step('merge'), d: step('reject', { class: 'junk' }),
  '?': () => toggleKeys(),
}, () => {
  if (!byId('keys').hidden) toggleKeys(false);
  else if (panel.actions.form) panel.actions.cancel();
}, byId('keys-on'));

const strip = byId('strip');
listen({
  complaint: ({ complaint }) => { if (complaint.ticket === panel.ticket) panel.refresh(); },
  retraction: ({ ticket }) => { if (ticket === panel.ticket) panel.refresh(); },
  reload: () => panel.refresh(),
  boundaries: () => { map?.boundaries().catch(() => {}); panel.refresh(); },
  lost: (since) => { byId('strip-text').textContent = t('lost_since', { time: time(since) }); strip.hidden = false; },
  back: () => { strip.hidden = true; panel.refresh(); },
});
