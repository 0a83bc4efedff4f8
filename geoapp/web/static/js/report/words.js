/** Sentences about place, agency and target, said the same way on every screen. */

import { now as serverNow } from '../shared/clock.js';
import { moment } from '../shared/format.js';
import { el, icon } from '../shared/dom.js';
import { t } from '../shared/i18n.js';

/**
 * "Target 48 jam" or "Target 3 hari kerja".
 *
 * @param {'hours'|'working_days'} clock
 * @param {number} amount
 * @returns {string}
 */
export function targetText(clock, amount) {
  const length = t(clock === 'working_days' ? 'n_working_days' : 'n_hours', { n: amount });
  return t('report_target', { time: length });
}

/**
 * "paling lambat Sabtu, 21 Nov, 08.42", or "" when the day is not known yet.
 *
 * @param {string|null} dueAt  RFC 3339
 * @returns {string}
 */
export function dueText(dueAt) {
  return dueAt ? t('report_by', { moment: moment(dueAt, true) }) : '';
}

/**
 * When a clock of hours started now would end; null for working days, which only the server counts.
 *
 * @param {{clock: string, target: number}} service
 * @param {number} [now]  milliseconds
 * @returns {string|null}
 */
export function dueFromNow(service, now = serverNow()) {
  if (service.clock !== 'hours') return null;
  return new Date(now + service.target * 3_600_000).toISOString();
}

/**
 * Who acts, where and by when, as three rows of the same height.
 *
 * @param {{iconId: string, main: string, sub: string}[]} rows
 * @returns {HTMLElement}
 */
export function answerRows(rows) {
  return el('div.r-who', {}, rows.map(({ iconId, main, sub }) => el('div', {},
    icon(iconId), el('b', {}, main), el('small', {}, sub))));
}

/**
 * The rows for a place: kelurahan and kecamatan, agency, target.
 *
 * @param {{kelurahan: string|null, kecamatan: string|null, agency: string,
 *   clock: string, amount: number, dueAt: string|null}} of
 * @returns {{iconId: string, main: string, sub: string}[]}
 */
export function placeRows(of) {
  const rows = [
    { iconId: 'i-people', main: of.agency, sub: t('report_will_handle') },
    { iconId: 'i-clock', main: targetText(of.clock, of.amount), sub: dueText(of.dueAt) },
  ];
  if (of.kelurahan) {
    rows.unshift({
      iconId: 'i-pin',
      main: t('report_kelurahan', { name: of.kelurahan }),
      sub: of.kecamatan ? t('report_kecamatan', { name: of.kecamatan }) : '',
    });
  }
  return rows;
}

/**
 * The same as one sentence for a screen reader.
 *
 * @param {{main: string, sub: string}[]} rows
 * @returns {string}
 */
export function spoken(rows) {
  return rows.map(({ main, sub }) => (sub ? `${main}, ${sub}` : main)).join('. ');
}
