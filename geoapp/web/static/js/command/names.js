import { DONE, OPEN } from '../shared/deadline.js';
import { t } from '../shared/i18n.js';

const ASIDE = ['rejected', 'out_of_authority', 'duplicate'];

/** Statuses that the text of the filter means. */
export function statuses(text) {
  const sets = { open: OPEN, done: DONE, all: [...OPEN, ...DONE, ...ASIDE] };
  return sets[text] ?? text.split(',');
}

/** The shortest text for these statuses; none at all is the usual set. */
export function statusText(codes) {
  const same = (other) => other.length === codes.length && other.every((code) => codes.includes(code));
  if (!codes.length || same(OPEN)) return 'open';
  if (same(DONE)) return 'done';
  const all = statuses('all');
  return same(all) ? 'all' : all.filter((code) => codes.includes(code)).join(',');
}

/** "90 hari" for P90D, the days of a span, words for any time. */
export function periodName(period) {
  const days = /^P(\d+)D$/.exec(period)?.[1];
  if (days) return t('filter_days', { n: Number(days) });
  return period ? t('since_day', { day: period }) : t('filter_any_time');
}
