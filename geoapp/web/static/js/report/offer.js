/**
 * Where and when a photo was taken, offered for the pin and never taken silently.
 */

import { now as serverNow } from '../shared/clock.js';
import { config } from '../shared/config.js';
import { el } from '../shared/dom.js';
import { duration, moment } from '../shared/format.js';
import { t } from '../shared/i18n.js';

/** The server takes no report of something seen longer ago. */
const OLDEST_MS = 365 * 86_400_000;
/** Phones' clocks differ. */
const AHEAD_MS = 5 * 60_000;
/** Photos taken this close to each other show one place: answered once. */
const SAME_PLACE_M = 100;
const METRES_PER_DEGREE = 111_320;

function metresBetween(a, b) {
  const x = (a.lon - b.lon) * METRES_PER_DEGREE * Math.cos((a.lat * Math.PI) / 180);
  return Math.hypot(x, (a.lat - b.lat) * METRES_PER_DEGREE);
}

const placed = (photo) => photo.state === 'kept' && photo.found?.lon != null && photo.found?.lat != null;

/**
 * The photo whose place is still to be offered; null when there is none or all were answered.
 *
 * @param {import('./draft.js').Draft} draft
 */
export function openOffer(draft) {
  const answered = draft.photos.filter((photo) => placed(photo) && draft.offers[photo.key]);
  return draft.photos.find((photo) => placed(photo) && !draft.offers[photo.key]
    && !answered.some((other) => metresBetween(photo.found, other.found) < SAME_PLACE_M)) ?? null;
}

/**
 * When the problem was photographed: of the photo whose place was used, else of the first that
 * tells; null where none tells a time the server would take.
 *
 * @param {import('./draft.js').Draft} draft
 * @param {number} [now]  milliseconds
 * @returns {string|null}  RFC 3339
 */
export function photoTime(draft, now = serverNow()) {
  const sane = (photo) => {
    const at = photo.state === 'kept' && !photo.skipped ? Date.parse(photo.found?.taken_at ?? '') : NaN;
    return at > now - OLDEST_MS && at < now + AHEAD_MS;
  };
  const timed = draft.photos.filter(sane);
  const used = timed.find((photo) => draft.offers[photo.key] === 'used') ?? timed[0];
  return used?.found.taken_at ?? null;
}

/** "12 menit lalu", or the moment when it is longer ago than a day. */
function when(takenAt) {
  const at = Date.parse(takenAt ?? '');
  if (Number.isNaN(at) || at > serverNow() + AHEAD_MS) return '';
  const past = serverNow() - at;
  if (past < 60_000) return t('just_now');
  return past < 86_400_000 ? t('report_ago', { time: duration(past) }) : moment(takenAt, true);
}

/**
 * The offer as a card for the place step.
 *
 * @param {object} app  what the screens share, see main.js
 * @param {object} photo
 * @param {(answer: 'used'|'declined') => void} answered
 * @returns {HTMLElement}
 */
export function offerCard(app, photo, answered) {
  const { kelurahan, taken_at: takenAt } = photo.found;
  const time = when(takenAt);
  const inside = Boolean(kelurahan);
  const place = inside ? t('kelurahan_short', { name: kelurahan.name }) : t('report_offer_outside_place', { city: config.city.name });
  const sentence = t(time ? 'report_offer' : 'report_offer_timeless', { place, time });
  const button = (kind, answer, text) => el(`button.btn${kind}`, { type: 'button', onclick: () => answered(answer) }, text);
  return el('div.r-offer', { role: 'group', 'aria-label': sentence, dataset: { photo: photo.key } },
    app.thumbs.of(photo),
    el('p', {}, el('b', {}, sentence), el('span', {}, t(inside ? 'report_offer_question' : 'report_offer_outside_hint'))),
    el('div.r-offer-do', {}, inside
      ? [button('.primary', 'used', t('report_offer_use')), button('', 'declined', t('report_offer_decline'))]
      : button('', 'declined', t('report_offer_understood'))));
}
