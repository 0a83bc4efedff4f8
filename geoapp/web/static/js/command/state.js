/** What the live map shows: filters, colours, layers, the open complaint. The address bar holds all of it. */

import { RULES } from '../map/sound.js';
import { pageState, parseView } from '../shared/pagestate.js';

/** Filters that take several values. */
const LISTS = ['group', 'service', 'agency', 'kecamatan', 'kelurahan', 'deadline', 'channel'];
/** Filters that take one; `status` may be a comma list or a named set. */
const TEXTS = ['status', 'since', 'until', 'q', 'polygon', 'bbox'];
export const FILTERS = [...LISTS, ...TEXTS];

/** What stands in no address. An empty `since` is any time, and does. */
const USUAL = { status: 'open', since: 'P90D' };

export const COLOURS = ['group', 'status', 'deadline'];
export const DEADLINES = ['overdue', 'due_soon', 'in_time', 'paused'];
/** Measures that areas can be shaded by. */
export const MEASURES = ['count', 'per_km2', 'per_1000', 'overdue_share', 'median_response'];
export const LAYERS = ['points', 'density', 'hotspots', 'alarms', 'service_areas', 'duplicates'];
export const USUAL_LAYERS = ['points', 'hotspots', 'alarms'];

const DAY = /^\d{4}-\d\d-\d\d$/;
const CORNERS = /^-?\d{1,3}(\.\d{1,20})?(,-?\d{1,3}(\.\d{1,20})?){5,399}$/;

const RULED = {
  ...RULES,
  status: (value) => value === 'open' || RULES.status(value),
  until: (value) => DAY.test(value) && RULES.since(value),
  deadline: (value) => DEADLINES.includes(value),
  channel: (value) => /^[a-z0-9_]{1,40}$/.test(value),
  polygon: (value) => CORNERS.test(value) && value.split(',').length % 2 === 0,
};

/** Whether the server takes *value* for the filter *key*. */
const sound = (key, value) => value !== '' && RULED[key](value);

/** Whether *name* is a layer, such as `points` or `shade:per_km2`. */
const isLayer = (name) => LAYERS.includes(name) || (name.startsWith('shade:') && MEASURES.includes(name.slice(6)));

/** Parse a query string; unknown parts, and values the server would refuse, are ignored. */
export function read(search) {
  const query = new URLSearchParams(search);
  const state = { open: /^[A-Z0-9-]{6,30}$/.test(query.get('open') ?? '') ? query.get('open') : null, map: parseView(query.get('map')) };
  for (const key of LISTS) state[key] = [...new Set((query.get(key) ?? '').split(','))].filter((value) => sound(key, value));
  for (const key of TEXTS) {
    const value = query.get(key);
    if (key === 'since' && value === '') state.since = '';
    else state[key] = value != null && sound(key, value) ? value : USUAL[key] ?? '';
  }
  state.colour = COLOURS.includes(query.get('colour')) ? query.get('colour') : 'group';
  const layers = query.get('layers')?.split(',').filter(isLayer) ?? USUAL_LAYERS;
  const shades = layers.filter((name) => name.startsWith('shade:')); // one ground, one shade
  state.layers = new Set(layers.filter((name) => !shades.slice(0, -1).includes(name)));
  return state;
}

const textOf = (state, key) => (Array.isArray(state[key]) ? state[key].join(',') : state[key]);

/** Names in the address's order, whichever was switched on first. */
const orderly = (layers) => [...layers].sort((a, b) => rank(a) - rank(b));
const rank = (name) => (LAYERS.includes(name) ? LAYERS.indexOf(name) : 1.5);

/** The query string of *state*, readable: slashes, commas and colons stay as they are. */
export function write(state) {
  const parts = [];
  const add = (key, value) => parts.push(`${key}=${encodeURIComponent(value).replace(/%2F/g, '/').replace(/%2C/g, ',').replace(/%3A/g, ':')}`);
  if (state.map) add('map', `${+state.map.zoom.toFixed(2)}/${state.map.lat.toFixed(4)}/${state.map.lon.toFixed(4)}`);
  for (const key of FILTERS) {
    const value = textOf(state, key);
    if (value !== (USUAL[key] ?? '')) add(key, value);
  }
  if (state.colour !== 'group') add('colour', state.colour);
  const layers = orderly(state.layers).join(',');
  if (layers !== USUAL_LAYERS.join(',')) add('layers', layers);
  if (state.open) add('open', state.open);
  return parts.length ? `?${parts.join('&')}` : '';
}

const page = pageState({ read, write, topics: {
  filters: (before, now) => FILTERS.some((key) => textOf(before, key) !== textOf(now, key)),
  layers: (before, now) => before.colour !== now.colour || orderly(before.layers).join() !== orderly(now.layers).join(),
  open: (before, now) => before.open !== now.open,
  map: (before, now) => JSON.stringify(before.map) !== JSON.stringify(now.map),
} });
export const { get, on, update, close } = page;

/** The patch that takes every filter away; the view, its layers and the open complaint stay. */
export const nothing = () => ({ ...Object.fromEntries(LISTS.map((key) => [key, []])), ...Object.fromEntries(TEXTS.map((key) => [key, USUAL[key] ?? ''])) });

/** Filters that are set to anything but the usual, by key. */
export const filtered = (state = get()) => FILTERS.filter((key) => textOf(state, key) !== (USUAL[key] ?? ''));

/** The patch that takes away what the server calls *field*; null when that is no filter of ours. */
export const without = (field) => (FILTERS.includes(field) ? { [field]: nothing()[field] } : null);

/** The measure that areas are shaded by; null for none. */
export const shade = (state = get()) => [...state.layers].find((name) => name.startsWith('shade:'))?.slice(6) ?? null;

/**
 * The parameters of *state* as the server takes them.
 *
 * @param {'list'|'tiles'|'summary'|'shades'|'daily'|'saved'} use a box picked on the map narrows the list
 *   alone; what is saved under a name is the filters as they stand
 */
export function query(use, state = get()) {
  const parameters = {};
  for (const key of FILTERS) {
    if (key === 'bbox' && use !== 'list') continue;
    const value = textOf(state, key);
    if (value) parameters[key] = value;
  }
  return parameters;
}
