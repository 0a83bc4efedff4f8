/** What the queue shows: duty, filters, the open complaint. The address bar holds all of it. */

import { pageState } from '../shared/pagestate.js';
import { DUTIES, firstDuty } from './rules.js';

const LISTS = ['group'];
const TEXTS = ['duty', 'kelurahan', 'kecamatan', 'agency', 'officer', 'deadline', 'channel', 'q'];
/** What the select of deadlines offers: late duties, then states of the resolution's deadline. */
export const DEADLINES = ['late_verify', 'late_answer', 'overdue', 'due_soon', 'in_time', 'paused'];
const KEYS = [...LISTS, ...TEXTS];
const CODE = /^[\w.-]{1,40}$/;

function sound(key, value) {
  if (key === 'duty') return value in DUTIES;
  if (key === 'deadline') return DEADLINES.includes(value);
  if (key === 'q') return value.length <= 100;
  return CODE.test(value);
}

/** Parse a query string; unknown parts and values the server would refuse are left out. */
export function read(search) {
  const query = new URLSearchParams(search);
  const state = { open: /^[A-Z0-9-]{6,30}$/.test(query.get('open') ?? '') ? query.get('open') : null };
  for (const key of LISTS) state[key] = [...new Set((query.get(key) ?? '').split(','))].filter((value) => sound(key, value));
  for (const key of TEXTS) {
    const value = (query.get(key) ?? '').trim();
    state[key] = value && sound(key, value) ? value : '';
  }
  return state;
}

/** A ticket number as people type it, or null: "jbi 4hk9 7qxc" → "JBI-4HK9-7QXC". */
export function asTicket(text) {
  const found = /^([A-Z]{2,5})([A-Z\d]{4})([A-Z\d]{4})$/.exec(text.toUpperCase().replace(/[\s\u2010-\u2015-]+/g, ''));
  return found && /\d/.test(found[2] + found[3]) ? found.slice(1).join('-') : null;
}

/** The query string of *state*. */
export function write(state) {
  const parts = [];
  const add = (key, value) => { if (value) parts.push(`${key}=${encodeURIComponent(value).replace(/%2C/g, ',')}`); };
  for (const key of KEYS) add(key, Array.isArray(state[key]) ? state[key].join(',') : state[key]);
  add('open', state.open);
  return parts.length ? `?${parts.join('&')}` : '';
}

const page = pageState({ read, write, topics: {
  filters: (before, now) => KEYS.some((key) => String(before[key]) !== String(now[key])),
  open: (before, now) => before.open !== now.open,
} });
export const { get, on, update, close } = page;
export const duty = (state = get()) => state.duty || firstDuty();

/** Filters beside the duty that are set, by key. */
export const filtered = (state = get()) => KEYS.filter((key) => key !== 'duty' && state[key].length > 0);

/** The patch that takes every filter away and keeps the duty. */
export const nothing = () => ({ group: [], kelurahan: '', kecamatan: '', agency: '', officer: '', deadline: '', channel: '', q: '' });

/** The parameters as the server takes them, for the list, the map's tiles and the counts of tabs. */
export function query(state = get(), asDuty = duty(state)) {
  const parameters = { ...DUTIES[asDuty] };
  for (const key of KEYS) {
    if (key === 'duty') continue;
    const value = Array.isArray(state[key]) ? state[key].join(',') : state[key];
    if (key === 'deadline' && value.startsWith('late_')) parameters.late = value.slice('late_'.length);
    else if (value) parameters[key] = value;
  }
  return parameters;
}
