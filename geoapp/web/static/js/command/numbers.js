import { address, getJson } from '../shared/api.js';
import { byId, el } from '../shared/dom.js';
import { day, number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { valueOf } from '../work/numbers.js';

const HOUR_S = 3600;
const DAY_MS = 86_400_000;

const hours = (seconds) => (seconds == null ? null : seconds / HOUR_S);
const share = (part) => (part?.of ? part.n / part.of : null);

/**
 * The figures of the right column, in their order.
 *
 * Counts come from *now*, the question as it was asked; what is a rate comes from *rates*, the same
 * question over every status, as a rate over the open ones alone would leave out whatever was done.
 *
 * @param {object} now the answer of /api/v1/work/summary
 * @param {object} rates the same with every status
 * @returns {Array<{code: string, unit: 'complaints'|'hours'|'share', value: number|null, before: number|null, made?: {n: number, of: number}}>}
 */
export function figures(now, rates = now) {
  const counted = (code) => ({ code, unit: 'complaints', value: now[code], before: now.before?.[code] ?? null });
  return [
    counted('open'),
    counted('new_today'),
    counted('overdue'),
    { code: 'median_first_response', unit: 'hours', value: hours(rates.median_first_response_s), before: hours(rates.before?.median_first_response_s) },
    { code: 'followed_up', unit: 'share', value: share(rates.followed_up), before: share(rates.before?.followed_up), made: rates.followed_up },
  ];
}

const signed = (value, digits = 0) => {
  const rounded = Number(value.toFixed(digits));
  return rounded === 0 ? '0' : `${rounded > 0 ? '+' : '−'}${number(Math.abs(rounded), digits)}`;
};

/** How a figure has changed: "+21", "−0,4 jam", "+3 poin"; null where there is nothing to compare with. */
export function change({ unit, value, before }) {
  if (value == null || before == null) return null;
  if (unit === 'share') return t('n_points', { n: signed(100 * (value - before)) });
  if (unit === 'hours') return t('n_hours', { n: signed(value - before, 1) });
  return signed(value - before);
}

/** What the figures are compared with: "dibanding 90 hari sebelumnya". */
export function comparedWith(before) {
  if (!before?.since || !before.until) return t('compared_with_nothing');
  return t('compared_with_days', { n: Math.max(1, Math.round((Date.parse(before.until) - Date.parse(before.since)) / DAY_MS)) });
}

/** The figures of the present filter, each against the same period before. */
export class Numbers {
  /**
   * @param {HTMLElement} node
   * @param {() => object} query the parameters of the present filter
   */
  constructor(node, query) {
    Object.assign(this, { node, query });
    node.replaceChildren(el('h2', {}, t('figures')), el('div.skeleton.desk-wait'));
  }

  /** Show the answer to the present filter; what is a rate is asked over every status. */
  async take(now) {
    const asked = this.asked = {};
    const parameters = this.query();
    const rates = parameters.status ? await getJson(address('/api/v1/work/summary', { ...parameters, status: 'all' })).catch(() => null) : now;
    if (asked === this.asked) this.show(now, rates ?? {});
  }

  show(now, rates) {
    const all = figures(now, rates);
    this.node.replaceChildren(
      el('h2', {}, t('figures'), el('span.muted', { title: period(now.before) }, comparedWith(now.before))),
      el(`dl.kpis${all.some(change) ? '' : '.alone'}`, {}, all.map(row)));
  }
}

/** The numbers stand on top of the right column. */
export function mount({ state, on }) {
  const numbers = new Numbers(byId('numbers'), () => state.query('summary'));
  on('summary', (summary) => numbers.take(summary));
}

const period = (before) => (before?.since && before.until ? `${day(before.since)}–${day(before.until)}` : null);

function row(one) {
  const changed = change(one);
  const small = one.code === 'median_first_response' ? t('median') : one.made?.of ? t('of_all', { n: number(one.made.n), all: number(one.made.of) }) : null;
  return el(`div.kpi${one.code === 'overdue' && one.value ? '.bad' : ''}`, { dataset: { code: one.code } },
    el('dt', {}, t(`kpi_${one.code}`), small ? el('small', {}, ` ${small}`) : null),
    el('dd', {}, valueOf(one)),
    el('dd.dl', {}, changed == null ? null : [el('span.sr', {}, `${t('change')} `), changed]));
}
