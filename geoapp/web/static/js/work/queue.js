/** The agency's queue: filters, the list by deadline, the same complaints on the map, the open one beside. */

import { address, getJson } from '../shared/api.js';
import { config } from '../shared/config.js';
import { byId, el } from '../shared/dom.js';
import { number, time } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { keepView } from '../shared/language.js';
import { Announcer } from '../map/announce.js';
import { Arrivals } from '../map/arrivals.js';
import { listen } from '../map/live.js';
import { debounce } from '../map/rules.js';
import { zoomKeys } from '../map/zoom.js';
import { Bulk } from './bulk.js';
import { Drawer } from './drawer.js';
import { Filters } from './filters.js';
import { QueueList } from './list.js';
import { QueueMap } from './map.js';
import { fillStrip } from './numbers.js';
import { work } from './rules.js';
import { keyboard, keysDialog } from './shared/keys.js';
import * as state from './state.js';
import { taker } from './take.js';

keepView();

const LOOK_MS = 60_000; // confidential complaints and staff's own steps have no public feed
const TICK_MS = 30_000;
const AGAIN_MS = 5000;
const shell = window[config.map_variable ?? 'geoapp_map'];
const room = byId('content');
const announcer = new Announcer(byId('announce'));
const small = window.matchMedia('(max-width: 1099px)');

const drawer = new Drawer(byId('drawer'), {
  onClose: () => state.close(),
  onStep: (by) => step(by),
  onShown: (facts) => map?.select({ place: facts.lon == null ? null : [facts.lon, facts.lat], group: facts.group }),
  onDone: ({ ticket, step: done, other }) => {
    announcer.say(t('step_done', { step: t(`step_${done}`), ticket }));
    refresh();
    if (other) state.update({ open: other });
  },
  onGone: (words, typed) => {
    state.close();
    bulk.tell(el('div', {}, el('b', {}, words), typed ? el('p', {}, t('typed_was')) : null, typed ? el('p.typed', { dir: 'auto' }, typed) : null));
    refresh();
  },
  onLost: () => list.focus(),
});
const map = window.L && shell instanceof window.L.Map ? new QueueMap(shell, {
  onOpen: (ticket) => state.update({ open: ticket }),
  covered: () => (byId('drawer').hidden || small.matches ? 0 : byId('drawer').offsetWidth + 16),
}) : null;
const filters = new Filters();
const list = new QueueList(
  { query: () => state.query(), open: () => state.get().open, offers: () => state.duty() === 'offered', clear: () => state.update(state.nothing()), empty: nothingListed },
  { list: byId('list'), scroll: byId('list-scroll'), state: byId('list-state'), newer: byId('newer'), sum: byId('sum') },
  {
    onOpen: (ticket) => state.update({ open: ticket }),
    onPoint: (ticket) => map?.layers.point(ticket),
    onSelect: () => { bulk.draw(); drawSelectAll(); },
    onCounted: (matched) => filters.tell(state.duty(), matched),
    onLoaded: (page) => announcer.say(t('n_cases', { n: number(page.numberMatched), count: page.numberMatched })),
  });
const bulk = new Bulk(byId('bulk'), { list, onDone: () => Promise.all([refresh(), drawer.refresh()]) });
if (map) map.onAreas = (areas) => filters.fillAreas(areas);

/** Why the list is empty: the filters by name and the way out of them, or the duty alone. */
function nothingListed() {
  const set = state.filtered();
  const told = { filters: set.map((key) => t(`filter_name_${key}`)).join(', '), duty: t(`duty_${state.duty()}`) };
  return [el('p', {}, t(set.length ? 'empty_filters' : 'empty_duty', told)),
    set.length ? el('button.btn', { type: 'button', onclick: () => state.update(state.nothing()) }, t('clear_filters')) : null];
}

function drawSelectAll() {
  const box = byId('select-all');
  box.checked = list.rows.size > 0 && list.selected.size === list.rows.size;
  box.indeterminate = list.selected.size > 0 && !box.checked;
}

/** How many likely duplicates wait, for whoever merges them. */
async function countDuplicates() {
  const node = document.getElementById('duplicates-count');
  if (!node || countDuplicates.at > Date.now() - TICK_MS) return;
  countDuplicates.at = Date.now();
  const found = await getJson(address('/api/v1/work/duplicates', { limit: 0 })).catch(() => null);
  if (found) node.textContent = `${number(found.total)}${found.more ? '+' : ''}`;
}

const recount = debounce(async () => {
  filters.count();
  countDuplicates();
  if (!(await fillStrip(byId('strip-numbers'), work().agency ?? state.get().agency))) setTimeout(recount, AGAIN_MS);
}, 400);

/** Something was done or told: everything looks again, quietly. */
function refresh() {
  map?.refresh();
  recount();
  return list.refresh();
}
const soon = debounce(refresh, 800);

function step(by) {
  const ticket = list.step(by);
  if (ticket && state.get().open) state.update({ open: ticket });
}

const steps = taker({ list, bulk, drawer, say: (words) => announcer.say(words), open: (ticket) => state.update({ open: ticket }) });

function closeTop() {
  if (!byId('keys').hidden) toggleKeys(false);
  else if (drawer.panel.actions?.form && !byId('drawer').hidden) drawer.panel.actions.cancel();
  else if (bulk.form) bulk.cancel();
  else if (room.classList.contains('show-filters')) showFilters(false);
  else if (state.get().open) state.close();
  else if (list.selected.size) list.selectAll(false);
}

function showFilters(open = !room.classList.contains('show-filters')) {
  room.classList.toggle('show-filters', open);
  byId('toggle-filters').setAttribute('aria-expanded', String(open));
  if (open) byId('search').focus();
  else byId('toggle-filters').focus();
}

/** Phones show the list or the map. */
function showTab(name) {
  room.dataset.tab = name;
  for (const tab of document.querySelectorAll('[data-show]')) tab.setAttribute('aria-pressed', String(tab.dataset.show === name));
}

const toggleKeys = keysDialog(byId('keys'));
byId('show-keys').addEventListener('click', () => toggleKeys());
byId('toggle-filters').addEventListener('click', () => showFilters());
byId('filters-done').addEventListener('click', () => showFilters(false));
byId('select-all').addEventListener('change', (event) => list.selectAll(event.target.checked));
byId('bulk').addEventListener('click', (event) => {
  const link = event.target.closest('[data-open]');
  if (!link) return;
  event.preventDefault();
  state.update({ open: link.dataset.open });
});
for (const tab of document.querySelectorAll('[data-show]')) tab.addEventListener('click', () => showTab(tab.dataset.show));
keyboard({
  '/': () => { if (small.matches) showFilters(true); byId('search').focus(); },
  f: () => { if (small.matches) showFilters(true); else byId('filter-group').focus(); },
  j: () => step(1), k: () => step(-1), x: () => { if (list.current) list.select(list.current); },
  ...steps.keys,
  ...zoomKeys(() => map?.map), 0: () => map?.home(), '?': () => toggleKeys(),
}, closeTop, byId('keys-on'));

state.on('filters', () => { list.load(); map?.filter(); recount(); });
state.on('open', async () => {
  const { open } = state.get();
  list.mark();
  room.classList.toggle('has-drawer', Boolean(open));
  if (!open) map?.select(null);
  await drawer.show(open);
  steps.opened(open);
});

const arrivals = new Arrivals({
  arrived: (complaint) => { announcer.arrival(complaint.ticket); soon(); },
  changed: soon, older: soon, flooded: refresh,
});
function strip(words) {
  byId('strip').hidden = !words;
  byId('strip-text').textContent = words ?? '';
}
listen({
  hello: ({ at }) => { arrivals.setClock(at); byId('live').hidden = false; },
  complaint: (event) => {
    arrivals.hear(event);
    if (event.complaint.ticket === drawer.ticket) drawer.refresh();
  },
  retraction: ({ ticket }) => { soon(); if (ticket === drawer.ticket) drawer.refresh(); },
  reload: () => { refresh(); drawer.refresh(); },
  boundaries: () => { map?.boundaries().catch(() => {}); refresh(); drawer.refresh(); },
  lost: (since) => { byId('live').hidden = true; strip(t('lost_since', { time: time(since) })); },
  back: () => { byId('live').hidden = false; strip(null); refresh(); drawer.refresh(); },
});
setInterval(() => { if (!document.hidden) refresh(); }, LOOK_MS);
setInterval(() => { list.tick(); drawer.panel.tick(); }, TICK_MS);

async function start() {
  byId('legend').open = !small.matches;
  showTab('list');
  recount();
  await list.load();
  const { open } = state.get();
  if (!open) return;
  room.classList.add('has-drawer');
  list.mark();
  drawer.show(open, true);
}
start();
