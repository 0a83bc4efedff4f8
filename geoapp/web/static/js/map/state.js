/** What the page shows: filters, layers, the open complaint. The address bar holds all of it. */

import { DONE, OPEN } from '../shared/deadline.js';

const LISTS = ['group', 'kelurahan'];
const TEXTS = ['status', 'kecamatan', 'since', 'q', 'bbox', 'service', 'agency'];
export const FILTERS = [...LISTS, ...TEXTS];

const STATUSES = [...OPEN, ...DONE, 'rejected', 'out_of_authority', 'duplicate', 'overdue', 'done', 'all'];
const PERIOD = /^(P(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?(?<![PT])|\d{4}-\d\d-\d\d(T.+)?)$/;
/** What the server would refuse is no filter; `open` is what an empty status means. */
const SOUND = {
  status: (value) => STATUSES.includes(value),
  since: (value) => PERIOD.test(value),
  bbox: (value) => { const box = value.split(','); return box.length === 4 && box.every((one) => one.trim() && Number.isFinite(Number(one))); },
};

const events = new EventTarget();
let current = read(typeof location === 'undefined' ? '' : location.search);

/** Parse a query string; unknown parts are ignored. */
export function read(search) {
  const query = new URLSearchParams(search);
  const state = { open: query.get('open') || null, map: parseView(query.get('map')), layers: new Set(['points']) };
  for (const key of LISTS) state[key] = (query.get(key) ?? '').split(',').filter(Boolean);
  for (const key of TEXTS) {
    const value = query.get(key) ?? '';
    state[key] = !value || (SOUND[key]?.(value) ?? true) ? value : '';
  }
  for (const name of (query.get('layers') ?? '').split(',').filter(Boolean)) {
    if (name.startsWith('-')) state.layers.delete(name.slice(1));
    else state.layers.add(name);
  }
  return state;
}

/** "13/-1.6125/103.6105" → {zoom, lat, lon}; null when it is no view of the earth. */
export function parseView(text) {
  const [zoom, lat, lon] = (text ?? '').split('/').map(Number);
  const sound = zoom >= 0 && zoom <= 20 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return sound ? { zoom, lat, lon } : null;
}

/** The query string of *state*, readable: slashes and commas stay as they are. */
export function write(state) {
  const parts = [];
  const add = (key, value) => {
    if (value) parts.push(`${key}=${encodeURIComponent(value).replace(/%2F/g, '/').replace(/%2C/g, ',')}`);
  };
  if (state.map) add('map', `${+state.map.zoom.toFixed(2)}/${state.map.lat.toFixed(4)}/${state.map.lon.toFixed(4)}`);
  for (const key of FILTERS) add(key, Array.isArray(state[key]) ? state[key].join(',') : state[key]);
  const layers = [...state.layers].filter((name) => name !== 'points');
  if (!state.layers.has('points')) layers.push('-points');
  add('layers', layers.join(','));
  add('open', state.open);
  return parts.length ? `?${parts.join('&')}` : location.pathname;
}

/** The present state; do not change it, use update(). */
export const get = () => current;

/** Listen to `filters`, `layers` or `open`. */
export const on = (name, handler) => events.addEventListener(name, handler);

function announce(before) {
  const changed = (key) => String(before[key]) !== String(current[key]);
  if (FILTERS.some(changed)) events.dispatchEvent(new Event('filters'));
  if ([...before.layers].sort().join() !== [...current.layers].sort().join()) events.dispatchEvent(new Event('layers'));
  if (before.open !== current.open) events.dispatchEvent(new Event('open'));
}

/** Change parts of the state. Opening a complaint pushes a history entry, all else replaces it. */
export function update(patch) {
  const before = current;
  current = { ...current, ...patch };
  const opening = patch.open && !before.open;
  history[opening ? 'pushState' : 'replaceState']({ pushed: opening || history.state?.pushed }, '', write(current));
  announce(before);
}

/** Close the open complaint: step back when opening it had pushed an entry. */
export function close() {
  if (!current.open) return;
  if (history.state?.pushed) history.back();
  else update({ open: null });
}

/** True when any filter is set. */
export const filtered = (state = current) => FILTERS.some((key) => state[key].length > 0);

/**
 * The parameters of *state* as the server takes them.
 *
 * @param {'tiles'|'list'|'summary'} use tiles draw open and just resolved complaints, the list only
 *   open ones, unless a status was chosen; a box picked on the map narrows the list, not the map
 */
export function query(use, state = current) {
  const parameters = {};
  for (const key of ['group', 'kelurahan', 'kecamatan', 'since', 'q', 'service', 'agency']) {
    const value = state[key];
    if (value.length) parameters[key] = Array.isArray(value) ? value.join(',') : value;
  }
  if (parameters.since === 'all') delete parameters.since;
  if (state.status === 'overdue') parameters.overdue = 'true';
  else if (state.status) parameters.status = state.status;
  else if (use === 'tiles') parameters.status = 'current';
  if (use === 'list' && !state.status) parameters.status = 'open';
  if (state.bbox && use !== 'tiles') parameters.bbox = state.bbox;
  return parameters;
}

if (typeof window !== 'undefined') {
  window.addEventListener('popstate', () => {
    // Entries differ in the open complaint only; filters set since then stay.
    const before = current;
    current = { ...current, open: read(location.search).open };
    history.replaceState(history.state, '', write(current));
    announce(before);
  });
}
