/**
 * The screens of a report, their order, and which of them the draft permits.
 *
 * Pure: knows nothing of the page, so the rules can be tested without a browser.
 */

import { descriptionFits } from './draft.js';

/**
 * @typedef {object} Screen
 * @property {string} hash   the address fragment; a word of the interface's first language
 * @property {number} step   1..4, how many progress bars are filled (4 for "sent" as well)
 * @property {string} title  key of the heading in the interface texts
 */

/** @type {Record<string, Screen>} */
export const SCREENS = {
  photo: { hash: 'foto', step: 1, title: 'report_photo_title' },
  what: { hash: 'apa', step: 1, title: 'report_what_title' },
  where: { hash: 'lokasi', step: 2, title: 'report_where_title' },
  confirm: { hash: 'kelurahan', step: 2, title: 'report_confirm_title' },
  list: { hash: 'daftar', step: 2, title: 'report_list_title' },
  alike: { hash: 'serupa', step: 3, title: 'report_alike_title' },
  describe: { hash: 'uraian', step: 3, title: 'report_describe_title' },
  check: { hash: 'periksa', step: 4, title: 'report_check_title' },
  sent: { hash: 'terkirim', step: 4, title: 'report_sent_title' },
  thanks: { hash: 'terima-kasih', step: 4, title: 'report_thanks_title' },
};

/**
 * The screen an address fragment asks for; null for any other fragment.
 *
 * @param {string} hash  with or without "#"
 * @returns {string|null}
 */
export function screenOf(hash) {
  const wanted = hash.replace(/^#/, '');
  return Object.keys(SCREENS).find((name) => SCREENS[name].hash === wanted) ?? null;
}

/**
 * Does the question "which kelurahan?" still wait for an answer?
 *
 * @param {import('./draft.js').Place|null} place
 * @returns {boolean}
 */
export function mustConfirm(place) {
  return Boolean(place?.kind === 'point' && place.located?.confirm?.needed && !place.answered);
}

/**
 * Is the place settled as far as this phone can tell?
 *
 * @param {import('./draft.js').Draft} draft
 * @param {{needs_place: boolean}|null} service
 * @returns {boolean}
 */
export function placeSettled(draft, service) {
  if (!service) return false;
  if (!draft.place) return !service.needs_place;
  if (draft.place.kind === 'area') return Boolean(draft.place.kelurahan);
  return !draft.place.outside && !mustConfirm(draft.place);
}

/**
 * The furthest screen at or before *wanted* that the draft permits.
 *
 * @param {string} wanted
 * @param {import('./draft.js').Draft} draft
 * @param {{needs_place: boolean}|null} service  the chosen one, null when none or unknown
 * @param {boolean} sent  is there an acknowledged report to show?
 * @param {{alike?: boolean, thanks?: boolean}} [there]  are there reports alike, a support to thank for?
 * @returns {string}
 */
export function permitted(wanted, draft, service, sent, there = {}) {
  if (wanted === 'sent') return sent ? 'sent' : permitted('check', draft, service, sent, there);
  if (wanted === 'thanks') return there.thanks ? 'thanks' : 'photo';
  if (wanted === 'photo') return 'photo';
  if (wanted === 'what' || !service) return 'what';
  if (wanted === 'where' || wanted === 'list') return wanted;
  if (wanted === 'confirm') return draft.place?.located?.confirm?.needed ? 'confirm' : 'where';
  if (!placeSettled(draft, service)) return mustConfirm(draft.place) ? 'confirm' : 'where';
  if (wanted === 'alike' && !there.alike) return 'describe';
  if (wanted === 'check' && !descriptionFits(draft.description)) return 'describe';
  return wanted;
}

/**
 * The screen that follows *screen* when its question is answered.
 *
 * @param {string} screen
 * @param {import('./draft.js').Draft} draft
 * @param {{needs_place: boolean}} service
 * @param {boolean} [alike]  were reports alike found nearby?
 * @returns {string}
 */
export function following(screen, draft, service, alike = false) {
  switch (screen) {
    case 'photo':
      return 'what';
    case 'what':
      if (!service.needs_place) return 'describe';
      return draft.place?.kind === 'area' ? 'list' : 'where';
    case 'where':
      if (mustConfirm(draft.place)) return 'confirm';
      return alike ? 'alike' : 'describe';
    case 'confirm':
      return alike ? 'alike' : 'describe';
    case 'list':
    case 'alike':
      return 'describe';
    case 'describe':
      return 'check';
    default:
      return 'sent';
  }
}

/**
 * The screen before *screen*, for a "back" that has no history to go to; null leaves the page.
 *
 * @param {string} screen
 * @param {import('./draft.js').Draft} draft
 * @returns {string|null}
 */
export function preceding(screen, draft) {
  switch (screen) {
    case 'what':
      return 'photo';
    case 'where':
      return 'what';
    case 'alike':
      return 'where';
    case 'confirm':
    case 'list':
      return 'where';
    case 'describe':
      if (!draft.place) return 'what';
      return draft.place.kind === 'area' ? 'list' : 'where';
    case 'check':
      return 'describe';
    default:
      return null;
  }
}

/**
 * The screen on which a field refused by the server is corrected.
 *
 * @param {string} field  name in the API
 * @param {import('./draft.js').Place|null} [place]
 * @returns {string}
 */
export function screenOfField(field, place = null) {
  if (field === 'service') return 'what';
  if (field.startsWith('photos')) return 'photo';
  if (field.startsWith('contact')) return 'describe';
  if (['description', 'landmark', 'anonymous', 'confidential', 'observed_at'].includes(field)) return 'describe';
  if (place?.kind === 'area' && ['lon', 'lat', 'kelurahan'].includes(field)) return 'list';
  if (field === 'kelurahan') return 'confirm';
  if (['lon', 'lat', 'accuracy_m'].includes(field)) return 'where';
  return 'check';
}
