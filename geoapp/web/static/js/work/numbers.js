import { address, getJson } from '../shared/api.js';
import { localName } from '../shared/config.js';
import { el } from '../shared/dom.js';
import { day, duration, number } from '../shared/format.js';
import { t } from '../shared/i18n.js';

/** The figures of the strip, in its order. */
export const STRIP = ['open', 'overdue', 'due_soon', 'nobody', 'median_first_response', 'answered_in_time', 'followed_up'];

/** A figure's value with its unit: 154, 5,6 jam, 85%; a dash where there is nothing to count. */
export function valueOf({ value, unit }) {
  if (value == null) return '–';
  if (unit === 'share') return `${number(100 * value)}%`;
  if (unit === 'hours') return value < 48 ? t('n_hours', { n: number(value, 1) }) : duration(value * 3600e3);
  return number(value);
}

/** What a figure is made of: "41 dari 50", or the number of cases behind a median. */
export function madeOf({ unit, numerator, denominator }) {
  if (unit === 'share') return t('of_all', { n: number(numerator), all: number(denominator) });
  return unit === 'hours' && denominator ? t('from_cases', { n: number(denominator) }) : '';
}

export const periodOf = (period) => (period?.since && period?.until ? `${day(period.since)}–${day(period.until)}` : '');

/** One figure that opens what it means. */
function figure(one, period) {
  const details = el(`details.figure${one.code === 'overdue' && one.value ? '.bad' : ''}`, { name: 'figure', dataset: { code: one.code } },
    el('summary', {}, el('span.label', {}, t(`figure_${one.code}`) === `figure_${one.code}` ? one.code : t(`figure_${one.code}`)), el('b', {}, valueOf(one))),
    el('div.formula.float', {}, el('p', {}, localName(one.formula)), el('p.muted', {}, [madeOf(one), ['hours', 'share'].includes(one.unit) ? periodOf(period) : t('right_now')].filter(Boolean).join(' · '))));
  details.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !details.open) return;
    event.preventDefault();
    details.open = false;
    details.firstElementChild.focus();
  });
  details.addEventListener('focusout', (event) => { if (event.relatedTarget && !details.contains(event.relatedTarget)) details.open = false; });
  return details;
}

/** A count of what the viewer sees now; its formula is the filter itself. */
async function counted(code, parameters) {
  const { numberMatched } = await getJson(address('/api/v1/work/complaints', { status: 'open', ...parameters, limit: 1 }));
  return { code, unit: 'complaints', value: numberMatched, numerator: numberMatched, denominator: 0, formula: t(`formula_${code}`) };
}

/** The figures of *agency*; without one (a viewer of all agencies) the counts alone. */
async function figuresOf(agency) {
  const narrowed = { agency };
  const [soon, told] = await Promise.all([
    counted('due_soon', { ...narrowed, deadline: 'due_soon' }),
    agency ? getJson(address('/api/v1/work/numbers', { agency })) : Promise.all([counted('open', {}), counted('overdue', { deadline: 'overdue' }), counted('nobody', { officer: 'none' })]).then((figures) => ({ figures })),
  ]);
  return { ...told, figures: [...told.figures, soon] };
}

/** Leads to the filter by agency, which is folded away where the window is narrow; nothing where there is none. */
function wayToAgency() {
  if (!document.getElementById('filter-agency')) return null;
  return el('button.btn.quiet.strip-way', { type: 'button', onclick: () => {
    const toggle = document.getElementById('toggle-filters');
    const select = document.getElementById('filter-agency');
    if (!select.offsetParent && toggle?.getAttribute('aria-expanded') === 'false') toggle.click();
    select.scrollIntoView({ block: 'nearest' });
    select.focus();
  } }, t('choose_agency'));
}

/** Fill the strip of numbers; what cannot be loaded leaves the old figures standing and answers false. */
export async function fillStrip(node, agency) {
  const asked = node.dataset.asked = String(Date.now());
  const opened = node.querySelector('details[open]')?.dataset.code;
  const { figures, period } = await figuresOf(agency).catch(() => ({}));
  if (!figures) return false;
  if (node.dataset.asked !== asked) return true; // a newer question is under way
  const found = STRIP.map((code) => figures.find((one) => one.code === code)).filter(Boolean);
  const focused = node.contains(document.activeElement) ? document.activeElement.closest('details')?.dataset.code : null;
  node.replaceChildren(...found.map((one) => figure(one, period)), ...(agency ? [] : [wayToAgency()].filter(Boolean)));
  const again = node.querySelector(`[data-code="${opened}"]`);
  if (again) again.open = true;
  node.querySelector(`[data-code="${focused}"] summary`)?.focus();
  return true;
}
