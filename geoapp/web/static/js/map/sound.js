/** Which values of an address the page takes: what the server would refuse is dropped. */

import { config } from '../shared/config.js';
import { DONE, OPEN } from '../shared/deadline.js';

/** Layers the page can draw. */
export const LAYERS = ['points', 'density', 'hotspots'];

// `open` is what an empty status means; `overdue` is a question of its own to the server.
const STATUSES = [...OPEN, ...DONE, 'rejected', 'out_of_authority', 'duplicate'];
const NAMED = ['overdue', 'done', 'all'];
const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const BOX = /^-?\d{1,3}(\.\d{1,20})?(,-?\d{1,3}(\.\d{1,20})?){3}$/;
const MOMENT = /^(\d{4}-\d\d-\d\d)([Tt](\d\d:\d\d(:\d\d(\.\d{1,6})?)?)([Zz]|[+ -]\d\d:\d\d))?$/;
const DURATION = /^P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/;
const MOST_DAYS = 36525;
const [MOST_LETTERS, MOST_WORDS] = [100, 8];

const code = (value) => CODE.test(value);

function group(value) {
  return config.groups?.length ? config.groups.some((known) => known.code === value) : code(value);
}

function status(value) {
  return NAMED.includes(value) || value.split(',').every((one) => STATUSES.includes(one));
}

/** A day of the calendar: JavaScript alone would take 31 February for 3 March. */
function day(text) {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) && text >= '1970' && text < '2200';
}

function since(value) {
  const span = DURATION.exec(value);
  if (span) {
    const [weeks, days, hours, minutes, seconds] = span.slice(1).map((part) => Number(part ?? 0));
    return !/[PT]$/.test(value) && weeks * 7 + days + hours / 24 + minutes / 1440 + seconds / 86_400 <= MOST_DAYS;
  }
  const moment = MOMENT.exec(value);
  if (!moment || !day(moment[1])) return false;
  return !moment[2] || !Number.isNaN(Date.parse(value.replace(' ', '+').toUpperCase()));
}

function bbox(value) {
  const [w, s, e, n] = value.split(',').map(Number);
  return BOX.test(value) && w < e && s < n && Math.abs(w) <= 180 && Math.abs(e) <= 180 && Math.abs(s) <= 90 && Math.abs(n) <= 90;
}

function q(value) {
  return value.length <= MOST_LETTERS && value.trim().split(/\s+/).length <= MOST_WORDS;
}

/** What each filter takes; other pages add their own. */
export const RULES = { group, kelurahan: code, kecamatan: code, service: code, agency: code, status, since, bbox, q };

/** Whether *value*, one of a list where the filter *key* takes several, narrows anything at all. */
export const sound = (key, value) => value !== '' && RULES[key](value);
