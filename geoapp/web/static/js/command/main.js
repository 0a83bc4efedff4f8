/*
 * The live map of the command center. This file wires the page: the map, its layers and the filters
 * are made here; what stands around them are modules that each export `mount(context)`, called once,
 * before anything is loaded. What they need of each other and of the map is in *context*:
 *
 *   map, view, layers, tiles, labels, areas   the shell's L.map (null where it could not be drawn)
 *                     and the parts over it: `view.reveal([lon, lat])`, `view.fit(bounds)`,
 *                     `layers.select([lon, lat] | null, group)`, `layers.point(ticket | null)`,
 *                     `areas.find(code)`
 *   state             command/state.js: get, update, close, on('filters'|'layers'|'open'|'map'), query(use)
 *   announcer         `say(words)`, `arrival(name)`; `alarm(words)` says it at once, once
 *   services()        promise of the catalogue's services by code
 *   open(ticket)      opens a complaint, null closes the open one
 *   list              the list beside the map: whoever mounts it (selection) returns it as `{ list }`;
 *                     lists are asked with `state.query('list')`
 *   refresh()         all that is shown is asked for again: tiles, summary, shades, and 'refresh' is told
 *   summary()         the last answer of /api/v1/work/summary, null before the first
 *   showTab(name)     on a phone: 'list', 'map' or 'activity'
 *   lasso()           starts (or ends) drawing around complaints
 *   togglers          { layers, filters, keys }: panels that keys show and hide: `toggle(open)`
 *   tell(words, action)   one line over the map: `action` is { text, run }; tell(null) takes it away
 *   on(topic, fn), emit(topic, detail)   the page's own news:
 *     'summary'     fn(summary)         there are new figures
 *     'complaint'   fn(event, judged)   one of the feed; judged: 'arrived', 'changed', 'older', or 'flood': so many, { n }, not told one by one
 *     'retraction'  fn({ ticket })
 *     'refresh'     fn()                ask for everything again
 *     'boundaries'  fn()                other areas are in force
 *     'lasso'       fn({ polygon })     somebody drew around complaints; the filter holds it already
 *     'cell'        fn({ bbox })        a cell or a pile of points was chosen; the filter holds it already
 *     'hotspots'    fn(answer)          /api/v1/hotspots has answered
 *     'lost', 'back'   fn(since), fn()  the connection
 *     'minute'      fn()                deadlines have passed
 *   What `mount` returns may hold `close()`, called for Escape from the last module mounted to the
 *   first: true when it closed something.
 */
import { address, getJson } from '../shared/api.js';
import { now as serverNow, setClock } from '../shared/clock.js';
import { config } from '../shared/config.js';
import { byId, el, icon } from '../shared/dom.js';
import { number, time } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { keepView } from '../shared/language.js';
import { Announcer } from '../map/announce.js';
import { Areas } from '../map/areas.js';
import { Arrivals } from '../map/arrivals.js';
import { listen } from '../map/live.js';
import { gather, once } from '../map/rules.js';
import { Search } from '../map/search.js';
import { boundsOf } from '../map/view.js';
import * as activity from './activity.js';
import * as alarms from './alarms.js';
import * as drawer from './drawer.js';
import { Filters } from './filters.js';
import * as keys from './keys.js';
import { makeMap } from './map.js';
import * as numbers from './numbers.js';
import * as saved from './saved.js';
import * as selection from './selection.js';
import * as state from './state.js';
import { theme } from './theme.js';
import { phone } from './view.js';

const MINUTE_MS = 60_000;
const room = byId('content');
const shell = window[config.map_variable ?? 'geoapp_map'];
const events = new EventTarget();
const announcer = new Announcer(byId('announce'));
announcer.alarm = (words) => { byId('announce-now').textContent = words; };

const context = {
  state, announcer,
  areas: new Areas(),
  services: once(async () => new Map((await getJson(address('/api/v1/services'))).services.map((service) => [service.code, service])), new Map()),
  list: null,
  on: (topic, run) => events.addEventListener(topic, (event) => run(...event.detail)),
  emit: (topic, ...detail) => events.dispatchEvent(new CustomEvent(topic, { detail })),
  open: (ticket) => { if (ticket) state.update({ open: ticket }); else state.close(); },
  refresh, showTab, tell,
  summary: () => summary,
  lasso: () => context.ground?.lasso.toggle(),
  togglers: {},
};

/** One line over the map, with at most one thing to do about it. */
function tell(words, action = null) {
  byId('map-told').hidden = !words;
  byId('map-told').replaceChildren(...[words, action && el('button.btn.quiet', { type: 'button', onclick: action.run }, action.text),
    words && el('button.btn.quiet.icon', { type: 'button', 'aria-label': t('close'), onclick: () => tell(null) }, icon('i-x'))].filter(Boolean));
}

/** Phones show the list, the map or the activity. */
function showTab(name) {
  room.dataset.tab = name;
  for (const tab of document.querySelectorAll('[data-show]')) tab.setAttribute('aria-pressed', String(tab.dataset.show === name));
  if (phone() && name !== 'map') showDesk(name === 'list' ? 'complaints' : 'activity', false);
}

/** The right column shows the activity or the list. */
function showDesk(name, focus = true) {
  for (const tab of document.querySelectorAll('[data-desk-tab]')) {
    const chosen = tab.dataset.deskTab === name;
    tab.setAttribute('aria-selected', String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    byId(tab.dataset.deskTab).hidden = !chosen;
    if (chosen && focus) tab.focus();
  }
}
context.showDesk = showDesk;

function panel(node, button, first) {
  return (open = node.hidden) => {
    if (open === !node.hidden) return;
    const inside = node.contains(document.activeElement);
    node.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    if (open) first()?.focus();
    else if (inside) button.focus();
  };
}

/** The column of filters: where the window is narrow it lies over the map. */
function toggleFilters(open = !room.classList.contains('show-filters')) {
  room.classList.toggle('show-filters', open);
  const buttons = [byId('toggle-filters'), byId('phone-filters')];
  for (const button of buttons) button.setAttribute('aria-expanded', String(open));
  if (open) byId('filters').querySelector('input, select')?.focus();
  else buttons.find((button) => button.offsetParent)?.focus();
}

let summary = null;
let asked = 0;
let counted = null;

/** The figures of the present filters, for the filters' counts and whoever listens. */
async function loadSummary() {
  const mine = ++asked;
  try {
    const found = await getJson(address('/api/v1/work/summary', state.query('summary')));
    if (mine !== asked) return; // a newer question is under way, or answered
    summary = found;
  } catch (error) {
    if (mine === asked) filters.failed(error);
    return;
  }
  filters.setSummary(summary);
  byId('map-summary').textContent = t('command_map_summary', { n: number(summary.total), overdue: number(summary.overdue) });
  context.emit('summary', summary);
}
const soonSummary = gather(loadSummary, 1000);

/** Other filters: everything is asked for again, what is shown stays until the answers are there. */
async function reload(first = false) {
  context.ground?.filter();
  const key = JSON.stringify(state.query('summary'));
  if (!first && key === counted) return; // a place picked for the list counts nothing anew
  counted = key;
  await loadSummary();
  if (!first && summary) announcer.say(t('announce_filtered', { n: number(summary.total), total: number(filters.whole(summary)) }));
}

function refresh() {
  context.ground?.refresh();
  loadSummary();
  context.emit('refresh');
}

const filters = new Filters(context);
context.filters = filters;
context.togglers.filters = toggleFilters;
context.togglers.layers = panel(byId('layers'), byId('ctl-layers'), () => byId('layers').querySelector('input'));
context.ground = window.L && shell instanceof window.L.Map ? makeMap(shell, context) : null;
for (const part of ['map', 'view', 'layers', 'tiles', 'labels']) context[part] = context.ground?.[part] ?? null;
const search = new Search(
  { form: byId('search-form'), input: byId('search'), options: byId('search-options') },
  { areas: context.areas, onArea: (code) => filters.chooseArea(code), onTicket: (ticket) => state.update({ open: ticket }) }, state);
const mounted = [numbers, alarms, activity, selection, saved, drawer, keys].map((module) => {
  const made = module.mount(context) ?? {};
  if (made.list) context.list = made.list;
  return made;
});

/** Escape closes what was opened last. */
context.closeTop = () => {
  if (context.ground?.lasso.drawing) { context.ground.lasso.stop(); return; }
  if (!byId('layers').hidden) { context.togglers.layers(false); return; }
  if (room.classList.contains('show-filters')) { toggleFilters(false); return; }
  if ([...mounted].reverse().some((made) => made.close?.())) return;
  if (state.get().open) state.close();
  else if (state.get().bbox || state.get().polygon) state.update({ bbox: '', polygon: '' });
};

const touched = [];
const soonTiles = gather(() => context.ground?.touch(touched.splice(0)), 500);
const arrivals = new Arrivals({
  arrived: (complaint) => follow(complaint, 'arrived'),
  changed: (complaint) => follow(complaint, 'changed'),
  older: (complaint) => follow(complaint, 'older'),
  flooded: () => { context.emit('complaint', { n: passed }, 'flood'); passed = 0; refresh(); },
});
let heard = null;
let passed = 0; // changes that went by in a flood
function follow(complaint, judged) {
  if (complaint.lon != null) { touched.push([complaint.lon, complaint.lat]); soonTiles(); }
  soonSummary();
  context.emit('complaint', heard, judged);
}

/** Other areas are in force: lines, names, the list of areas and what is filtered by them. */
async function boundaries() {
  await context.areas.load({ anew: true }).then(() => filters.fillAreas(), () => {});
  await context.ground?.boundaries().catch(() => {});
  context.emit('boundaries');
  refresh();
}

function strip(words) {
  byId('strip').hidden = !words;
  byId('strip-text').textContent = words ?? '';
}

function wireLive() {
  const alive = () => { byId('live').hidden = false; byId('live-at').textContent = time(serverNow()); };
  listen({
    hello: ({ at }) => { setClock(at); arrivals.setClock(at); alive(); },
    complaint: (event) => { heard = event; alive(); if (!arrivals.hear(event)) passed += 1; },
    retraction: (event) => { context.ground?.refresh(); soonSummary(); context.emit('retraction', event); },
    reload: refresh,
    boundaries,
    lost: (since) => {
      const words = t('lost_since', { time: time(since) });
      byId('live').hidden = true;
      byId('map-region').classList.add('stale');
      strip(words);
      announcer.say(words);
      context.emit('lost', since);
    },
    back: () => {
      strip(null);
      alive();
      byId('map-region').classList.remove('stale');
      announcer.say(t('back_online'));
      refresh();
      context.emit('back');
    },
  }, config.work_feed ?? '/live/work');
}

function wire() {
  keepView();
  theme(byId('theme'), () => context.ground?.repaint());
  byId('ctl-layers').addEventListener('click', () => context.togglers.layers());
  byId('toggle-filters').addEventListener('click', () => toggleFilters());
  byId('phone-filters').addEventListener('click', () => toggleFilters());
  byId('filters-close').addEventListener('click', () => toggleFilters(false));
  byId('filters-done').addEventListener('click', () => { toggleFilters(false); if (phone()) showTab('map'); });
  for (const tab of document.querySelectorAll('[data-show]')) tab.addEventListener('click', () => showTab(tab.dataset.show));
  const tabs = [...document.querySelectorAll('[data-desk-tab]')];
  for (const [i, tab] of tabs.entries()) {
    tab.addEventListener('click', () => showDesk(tab.dataset.deskTab));
    tab.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') { event.preventDefault(); showDesk(tabs[1 - i].dataset.deskTab); }
    });
  }
  state.on('filters', () => reload());
  const opened = () => room.classList.toggle('has-drawer', Boolean(state.get().open));
  state.on('open', opened);
  opened();
}

async function start() {
  wire();
  byId('legend').open = !phone();
  showTab('list');
  if (!phone()) showDesk('activity', false);
  const loaded = context.areas.load().then(() => { filters.fillAreas(); context.ground?.areas(); }, () => {});
  await Promise.all([reload(true), loaded]);
  search.sync();
  const { kelurahan, kecamatan, map } = state.get();
  const chosen = [...kelurahan, ...kecamatan].map((code) => context.areas.find(code)).filter(Boolean);
  if (!map && chosen.length === 1) context.view?.fit(boundsOf(chosen[0].box).pad(0.1), 16);
  wireLive();
}

setInterval(() => { context.ground?.minute(); context.emit('minute'); }, MINUTE_MS);
start();
