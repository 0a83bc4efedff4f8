/** What the page shows: filters, layers, the open complaint. The address bar holds all of it. */

import { pageState, parseView } from '../shared/pagestate.js';
import { LAYERS, sound } from './sound.js';

const LISTS = ['group', 'kelurahan'];
const TEXTS = ['status', 'kecamatan', 'since', 'q', 'bbox', 'service', 'agency'];
export const FILTERS = [...LISTS, ...TEXTS];

/** Parse a query string; unknown parts, and values the server would refuse, are ignored. */
export function read(search) {
  const query = new URLSearchParams(search);
  const state = { open: query.get('open') || null, map: parseView(query.get('map')), layers: new Set(['points']) };
  for (const key of LISTS) state[key] = [...new Set((query.get(key) ?? '').split(','))].filter((value) => sound(key, value));
  for (const key of TEXTS) {
    const value = query.get(key) ?? '';
    state[key] = sound(key, value) ? value : '';
  }
  for (const name of (query.get('layers') ?? '').split(',')) {
    if (name.startsWith('-')) state.layers.delete(name.slice(1));
    else if (LAYERS.includes(name)) state.layers.add(name);
  }
  return state;
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
  return parts.length ? `?${parts.join('&')}` : '';
}

/** Whether *search* names filters or layers that `read` does not take as they are. */
export function faulty(search) {
  const kept = new URLSearchParams(write(read(search)));
  return [...new URLSearchParams(search)].some(([key, value]) => [...FILTERS, 'layers'].includes(key) && (kept.get(key) ?? '') !== value);
}

const page = pageState({ read, write, topics: {
  filters: (before, now) => FILTERS.some((key) => String(before[key]) !== String(now[key])),
  layers: (before, now) => [...before.layers].sort().join() !== [...now.layers].sort().join(),
  open: (before, now) => before.open !== now.open,
} });
export const { get, on, update, close } = page;

/** The patch that takes away what the server calls *field*; null when that is no filter of ours. */
export function without(field) {
  const key = field === 'overdue' ? 'status' : field;
  return FILTERS.includes(key) ? { [key]: LISTS.includes(key) ? [] : '' } : null;
}

/** True when any filter is set. */
export const filtered = (state = get()) => FILTERS.some((key) => state[key].length > 0);

/**
 * The parameters of *state* as the server takes them.
 *
 * @param {'tiles'|'list'|'summary'} use tiles draw open and just resolved complaints, the list only
 *   open ones, unless a status was chosen; a box picked on the map narrows the list, not the map
 */
export function query(use, state = get()) {
  const parameters = {};
  for (const key of ['group', 'kelurahan', 'kecamatan', 'since', 'q', 'service', 'agency']) {
    const value = state[key];
    if (value.length) parameters[key] = Array.isArray(value) ? value.join(',') : value;
  }
  if (state.status === 'overdue') parameters.overdue = 'true';
  else if (state.status) parameters.status = state.status;
  else if (use === 'tiles') parameters.status = 'current';
  if (use === 'list' && !state.status) parameters.status = 'open';
  if (state.bbox && use !== 'tiles') parameters.bbox = state.bbox;
  return parameters;
}

if (typeof window !== 'undefined' && faulty(location.search)) history.replaceState(history.state, '', write(get()) || location.pathname);
