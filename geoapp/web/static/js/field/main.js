/** The page of field teams: wires list, map, filters and the open job. The address holds the state. */

import { listen } from '../map/live.js';
import { ApiError, address } from '../shared/api.js';
import { now } from '../shared/clock.js';
import { config, localName } from '../shared/config.js';
import { byId, el, icon } from '../shared/dom.js';
import { number, time } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { keepView } from '../shared/language.js';
import { createDrawing } from './draw.js';
import { jobView } from './job.js';
import { allPending, pending } from './kept.js';
import { offline, watchLink } from './link.js';
import { jobRow, skeletons, stateOf } from './list.js';
import { fieldMap } from './map.js';
import { ask, getCase, unanswered, whyNot } from './net.js';
import { createOutbox } from './outbox.js';
import { createPosition } from './position.js';
import { NEAR_M, filtersOf, listParameters, plainState, readState, runningFirst, writeState } from './rules.js';
import { sendStep } from './send.js';
import { areaName, filterSheet } from './sheet.js';

keepView();

const QUIET_MS = 1500;
const REST_MS = 120_000;
/** Who has a job and what staff notes isn't told by the public feed: the open job is looked up. */
const LOOK_MS = 15_000;
const main = byId('content');
let state = readState(window.location.search);
let features = [];
let matched = 0;
let asked = 0;
let loaded = false;
let quiet = null;
let feedLost = null; // since when the feed is lost
let opening = Promise.resolve();
const news = new Map(); // ticket -> what became of a step sent by itself

const say = (words) => { byId('f-status').textContent = words; };

/* ---- state and address ---- */

function set(change, { push = false, fit = true } = {}) {
  const before = state;
  state = { ...state, ...change };
  const url = writeState(state) || window.location.pathname;
  window.history[push ? 'pushState' : 'replaceState']({ pushed: push || window.history.state?.pushed }, '', url);
  follow(before, fit);
}

function follow(before, fit = true) {
  main.dataset.view = state.open ? 'job' : state.view;
  for (const tab of document.querySelectorAll('.f-tabs [data-view]')) {
    if (tab.dataset.view === state.view) tab.setAttribute('aria-current', 'true'); else tab.removeAttribute('aria-current');
  }
  const filters = JSON.stringify(filtersOf(state).map((name) => [name, state[name]]));
  const changed = filters !== JSON.stringify(filtersOf(before).map((name) => [name, before[name]]));
  showFilters();
  showWaiting();
  if (changed || !loaded) load({ fit });
  if (state.open !== before.open || !loaded) openJob();
  else if (state.view !== before.view && !state.open) map?.fitJobs(features, position.at);
}

window.addEventListener('popstate', () => {
  const before = state;
  state = readState(window.location.search);
  drawing.cancel();
  follow(before);
});

/* ---- parts ---- */

const position = createPosition((at) => {
  map?.showOwn(at);
  if (loaded) showList();
});
const map = fieldMap(byId('f-attr'), {
  open: (ticket) => set({ open: ticket }, { push: !state.open }),
  corner: (at) => drawing.corner(at),
});
const drawing = createDrawing(() => map, {
  start() {
    main.dataset.view = 'draw';
    sheet.close();
  },
  end(corners) {
    main.dataset.view = state.open ? 'job' : state.view;
    map?.showShape(corners ?? state.polygon, false);
    if (corners) set({ polygon: corners });
  },
});
const sheet = filterSheet({
  choose: (areas) => set(areas),
  clear: (change) => set(change),
  draw: () => drawing.start(),
});
const job = jobView(byId('f-job'), {
  at: () => position.at,
  say,
  back: () => (window.history.state?.pushed ? window.history.back() : set({ open: null })),
  next: () => features.find(({ properties }) => properties.ticket !== state.open)?.properties.ticket ?? null,
  open: (ticket) => set({ open: ticket }),
  async moved(ticket, found) {
    load({ quiet: true });
    showWaiting();
    if (state.open === ticket) await openJob(found);
  },
  settled,
  refreshed() { load({ quiet: true }); showWaiting(); },
  waiting() { showWaiting(); outbox.wait(); },
});

/* ---- what waits to be sent ---- */

const outbox = createOutbox({
  kept: allPending,
  may: () => !document.hidden && navigator.onLine !== false,
  async send(sent) {
    if (state.open === sent.ticket) await opening;
    if (!pending(sent.ticket)) return 'done';
    if (job.ticket === sent.ticket && !job.busy) return job.resend();
    const result = await sendStep(sent);
    if (job.ticket === sent.ticket) job.tell(sent, result); else settled(sent, result);
    return result.error?.status === 401 ? 'out' : result.outcome;
  },
});

/** A step of a job that is not open has been answered. */
function settled(sent, result) {
  if (result.outcome === 'done') say(t(`field_did_${sent.step}`));
  // One that is being opened is told its own news, good or bad.
  const here = state.open === sent.ticket;
  if (result.outcome !== 'waiting' && (here || result.outcome !== 'done')) news.set(sent.ticket, { sent, result });
  if (here && result.outcome !== 'waiting') openJob();
  if (result.outcome !== 'waiting') load({ quiet: true });
  showWaiting();
}

/** Offline is said while it lasts; else how long the news are late. */
function showLink() {
  const off = offline();
  byId('f-off').hidden = !off && !feedLost;
  const words = off ? t('field_off') : feedLost ? t('lost_since', { time: time(feedLost) }) : '';
  if (byId('f-off').lastElementChild.textContent !== words) byId('f-off').lastElementChild.textContent = words;
}

/* ---- the list ---- */

async function load({ quiet: silent = false, fit = false } = {}) {
  const own = asked += 1;
  const soon = silent || setTimeout(() => byId('f-jobs').replaceChildren(...skeletons()), 300);
  const parameters = listParameters(state, position.at);
  try {
    const late = state.overdue ? null : ask(address('/api/v1/work/complaints', { ...parameters, deadline: 'overdue', sort: 'due', limit: 1 }));
    late?.catch(() => {});
    const found = await ask(address('/api/v1/work/complaints', parameters));
    const overdue = late ? (await late.catch(() => null))?.numberMatched ?? null : found.numberMatched;
    if (own !== asked) return;
    clearTimeout(soon);
    features = runningFirst(found.features, config.me);
    matched = found.numberMatched;
    loaded = true;
    showHead(overdue);
    showList();
    job.listed();
    map?.showShape(state.polygon, false);
    if (fit && !state.open) map?.fitJobs(features, position.at);
    if (!silent) say(byId('f-title').textContent);
  } catch (error) {
    if (own !== asked) return;
    clearTimeout(soon);
    failed(error, silent);
  }
}

function failed(error, silent) {
  const refused = error instanceof ApiError && error.status === 422;
  if (loaded && !refused) {
    // What was loaded stays; its head says how old it is.
    showList();
    if (silent) {
      if (error.status === 401) strip(el('span', {}, t('field_signed_out')), el('a.btn', { href: address('/login') }, t('field_sign_in')));
      return;
    }
  } else byId('f-jobs').replaceChildren();
  const way = refused ? el('button.btn.big', { type: 'button', onclick: () => set(plainFilters()) }, t('field_clear'))
    : error.status === 401 ? el('a.btn.big', { href: address('/login') }, t('field_sign_in'))
      : el('button.btn.big', { type: 'button', onclick: () => load({ fit: true }) }, t('try_again'));
  byId('f-state').replaceChildren(...stateOf(t(refused ? 'field_filter_refused' : 'field_list_failed'), refused ? '' : whyNot(error), way));
  byId('f-state').hidden = false;
}

const plainFilters = () => ({ ...plainState(), view: state.view, open: state.open });

function showHead(overdue) {
  byId('f-title').textContent = t('field_jobs', { n: matched });
  const { everywhere, granted, agencies } = config.own;
  const where = granted.length ? granted.map(({ name }) => name).join(', ') : everywhere && !agencies.length ? config.city.name : '';
  byId('f-sub').textContent = [overdue === null ? null : t('n_overdue', { n: overdue }), where || agencies.map(({ name }) => name).join(', ')].filter(Boolean).join(' · ');
  const order = state.near && position.at ? t('field_by_distance', { distance: `${number(NEAR_M / 1000)} km` }) : t('field_by_deadline');
  byId('f-sum').replaceChildren(el('b', {}, order), ` · ${t('field_as_of', { time: time(now()) })}`);
}

function showList() {
  const options = { at: position.at, selected: state.open ?? features[0]?.properties.ticket, open: (ticket) => set({ open: ticket }, { push: true }), now: now() };
  const held = document.activeElement?.closest?.('a.job')?.getAttribute('href');
  byId('f-jobs').replaceChildren(...features.map((feature, index) => jobRow(feature, index, options)));
  if (held) byId('f-jobs').querySelector(`a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  if (matched > features.length) byId('f-jobs').append(el('li.f-rest', {}, t('field_rest', { n: matched - features.length })));
  map?.showJobs(features, options.selected);
  byId('f-state').hidden = features.length > 0;
  if (!features.length) byId('f-state').replaceChildren(...empty());
  showAct();
}

function empty() {
  const set_ = filtersOf(state);
  if (!set_.length) return stateOf(t('field_none'), t('field_none_why'));
  return stateOf(t('field_none_match'), t('field_none_filters', { filters: set_.map(filterName).join(', ') }),
    el('button.btn.big', { type: 'button', onclick: () => set(plainFilters()) }, t('field_clear')));
}

function showAct() {
  const [first] = features;
  byId('f-act').hidden = !first;
  if (!first) return;
  const point = first.geometry?.coordinates;
  byId('f-act').replaceChildren(
    point ? el('a.btn', { href: `geo:${point[1]},${point[0]}?q=${point[1]},${point[0]}`, 'aria-label': t('field_directions') }, icon('i-nav')) : '',
    el('button.btn.primary', { type: 'button', onclick: () => set({ open: first.properties.ticket }, { push: true }) }, t('field_open_first', { n: 1 })));
}

/* ---- filters ---- */

function filterName(name) {
  if (name === 'kelurahan') return t('kelurahan_short', { name: areaName(name, state[name]) });
  if (name === 'kecamatan') return t('kecamatan_short', { name: areaName(name, state[name]) });
  if (name === 'service_area') return areaName(name, state[name]);
  return t(`field_filter_${name}`);
}

function showFilters() {
  const areas = filtersOf(state).filter((name) => !['overdue', 'near', 'mine'].includes(name));
  for (const chip of document.querySelectorAll('[data-filter]')) {
    const { filter } = chip.dataset;
    chip.setAttribute('aria-pressed', String(filter === 'all' ? !filtersOf(state).length : state[filter]));
  }
  const tokens = areas.map((name) => el('button.chip', { type: 'button', 'aria-label': t('remove_filter', { name: filterName(name) }), onclick: () => set({ [name]: name === 'polygon' ? null : '' }) }, filterName(name), icon('i-x')));
  byId('f-tokens').replaceChildren(...tokens);
  byId('f-tokens').hidden = !tokens.length;
  byId('f-filter').lastElementChild.textContent = areas.length ? `${t('field_filter')} (${areas.length})` : t('field_filter');
}

async function locate(use) {
  strip(el('span', {}, t('report_gps_searching')));
  try {
    const at = await position.find();
    strip();
    use(at);
  } catch (error) {
    strip(el('span', {}, t(`field_gps_${error.message}`)), el('button.btn', { type: 'button', onclick: () => { strip(); sheet.open(state); } }, t('field_choose_area')));
  }
}

for (const chip of document.querySelectorAll('[data-filter]')) {
  chip.addEventListener('click', () => {
    const { filter } = chip.dataset;
    strip();
    if (filter === 'all') { set(plainFilters()); return; }
    if (filter === 'near' && !state.near) { locate(() => set({ near: true })); return; }
    set({ [filter]: !state[filter] });
  });
}
byId('f-locate').addEventListener('click', () => locate((at) => map?.lookAt(at)));
byId('f-filter').addEventListener('click', () => sheet.open(state));
for (const tab of document.querySelectorAll('.f-tabs [data-view]')) {
  tab.addEventListener('click', () => { drawing.cancel(); set({ view: tab.dataset.view, open: null }); });
}

/* ---- the open job ---- */

function openJob(known = null) {
  opening = showJob(known);
  return opening;
}

async function showJob(known) {
  const ticket = state.open;
  if (!ticket) {
    const before = job.ticket;
    job.hide();
    map?.leaveJob();
    if (loaded) { showList(); map?.fitJobs(features, position.at); }
    if (before) byId('f-jobs').querySelector(`a[href*="${CSS.escape(before)}"]`)?.focus({ preventScroll: true });
    return;
  }
  const row = features.find(({ properties }) => properties.ticket === ticket);
  if (job.ticket !== ticket && !known) job.loading(row ? localName(row.properties.service_name) : ticket);
  try {
    const found = known ?? await getCase(ticket);
    if (state.open !== ticket) return;
    const other = job.ticket !== ticket;
    job.show(found);
    const late = news.get(ticket);
    if (late) { news.delete(ticket); job.tell(late.sent, { ...late.result, case: found }); showWaiting(); }
    map?.showJobs(features, ticket);
    if (other) map?.showJob(found.geometry, found.accuracy_m);
  } catch (error) {
    if (state.open !== ticket || job.busy) return;
    if (job.ticket !== ticket) { job.failed(error, () => openJob()); return; }
    if (unanswered(error) || ![403, 404].includes(error.status)) return;
    // It left one's sight: handed over, or given to another area.
    load({ quiet: true });
    if (job.gone()) return;
    say(t('field_gone', { ticket }));
    set({ open: null });
    strip(el('span', {}, t('field_gone', { ticket })), el('button.btn', { type: 'button', onclick: () => strip() }, t('field_understood')));
  }
}

/* ---- what is under way ---- */

function strip(...words) {
  byId('f-strip').replaceChildren(...words);
  byId('f-strip').hidden = !words.length;
  if (!words.length) showWaiting();
}

/** Steps without an answer are not forgotten, whatever is shown. */
function showWaiting() {
  const [told] = [...news.values()].filter(({ sent }) => sent.ticket !== state.open);
  const waiting = told ? [told.sent] : allPending().filter(({ ticket }) => ticket !== state.open);
  if (!waiting.length) { if (byId('f-strip').dataset.waiting) { delete byId('f-strip').dataset.waiting; byId('f-strip').hidden = true; } return; }
  byId('f-strip').dataset.waiting = 'yes';
  byId('f-strip').replaceChildren(el('span', {}, t(told ? 'field_not_taken' : 'field_waiting', { name: localName(waiting[0].name), step: t(`field_step_${waiting[0].step}`) })),
    el('button.btn', { type: 'button', onclick: () => set({ open: waiting[0].ticket }, { push: !state.open }) }, t('field_open')));
  byId('f-strip').hidden = false;
}

function refresh() {
  // Not put off by each new event: in a storm they never pause.
  quiet ??= setTimeout(() => {
    quiet = null;
    if (document.hidden) return;
    load({ quiet: true });
    if (state.open && !job.busy) openJob();
  }, QUIET_MS);
}

function begin() {
  showFilters();
  main.dataset.view = state.open ? 'job' : state.view;
  follow(plainState());
  showWaiting();
  position.resume().then(() => { if (state.near) { if (position.at) load({ fit: true }); else locate(() => load({ fit: true })); } });
  listen({
    complaint: refresh, retraction: refresh, reload: refresh, back() { feedLost = null; showLink(); refresh(); outbox.now(); },
    lost(since) { feedLost = since; showLink(); },
  });
  setInterval(refresh, REST_MS);
  setInterval(() => { if (state.open && !document.hidden && !job.busy && navigator.onLine !== false) openJob(); }, LOOK_MS);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) { refresh(); outbox.now(); } });
  watchLink(showLink, () => { refresh(); outbox.now(); });
  showLink();
  outbox.now();
}

begin();
