import { config } from '../shared/config.js';
import { deadlineKind, isOpen } from '../shared/deadline.js';
import { el, icon } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { dot, hexagons, sign, stepRow } from '../map/legend.js';
import { statuses } from './names.js';
import { valueOf } from './shade.js';
import * as state from './state.js';

const KINDS = { over: 'deadline_overdue', soon: 'deadline_due_soon', ok: 'deadline_in_time', paused: 'deadline_paused' };

function shaded({ data }) {
  const zero = data.areas.some((area) => area.value === 0);
  const missing = data.areas.some((area) => area.value == null);
  return el('div', {}, stepRow(t(`shade_${data.measure}`), null, data.steps.map((value) => valueOf(data.measure, value)), false),
    zero || missing ? el('ul', {}, zero ? el('li', {}, el('i.l-zero'), valueOf(data.measure, 0)) : null, missing ? el('li', {}, el('i.l-none'), t('shade_none')) : null) : null,
    data.source ? el('p.muted', {}, t('shade_source', { source: data.source })) : null);
}

/** What the points tell in the present colours: [sign, words]. */
function pointRows(points) {
  const { colour } = state.get();
  const over = points.some((point) => point.over);
  const ring = over ? [[sign(dot(20, 6.6, 'p-over'), dot(20, 4, `p g-${config.groups?.[0]?.code}`)), t('legend_overdue')]] : [];
  if (colour === 'deadline') {
    const kinds = new Set(points.map((point) => deadlineKind(point.status, point.due && point.due * 1000)));
    return Object.entries(KINDS).filter(([kind]) => kinds.has(kind)).map(([kind, words]) => [sign(dot(20, 4.5, `p l-${kind}`)), t(words)]);
  }
  if (colour === 'status') {
    const found = new Set(points.map((point) => point.status));
    return [...statuses('all').filter((status) => found.has(status)).map((status) => [el(`span.st.st-${status}.l-status`, {}, icon(`s-${status}`)), t(`status_${status}`)]), ...ring];
  }
  const open = points.some((point) => isOpen(point.status));
  const done = points.some((point) => !isOpen(point.status));
  const colours = (config.groups ?? []).slice(0, 3).map((group, i) => dot(7 + 13 * i, 4, `p g-${group.code}`));
  return [...(open ? [[sign(...colours), t('legend_by_group')]] : []), ...(done ? [[sign(dot(20, 3.5, `p-done g-${config.groups?.[1]?.code}`)), t('legend_aside')]] : []), ...ring];
}

/** What is drawn now and nothing else, in drawing order. */
export function drawLegend(body, { layers, steps, things }) {
  const points = layers.showsPoints ? layers.picture.points : [];
  const items = [];
  if (things.shade.data) items.push(shaded(things.shade));
  if (layers.showsCells) items.push(el('div', {}, stepRow(t('legend_cells'), t('legend_per_cell'), steps.now.map((step, i) => (i === steps.now.length - 1 ? `${number(step)}+` : number(step))), true)));
  const rows = [];
  const levels = things.hotspots.drawn;
  if (levels.length) rows.push([hexagons(levels), t('legend_hotspots', { range: levels.length > 1 ? `${levels[0]}–${levels.at(-1)}%` : `${levels[0]}%` })]);
  if (things.flags.drawn) rows.push([sign(dot(20, 7, 'a-circle')), t('legend_alarm')]);
  const { on, lines, whole } = things.rules.told;
  if (on && lines) rows.push([sign(['path', { d: 'M4 9h32', class: 'l-rule' }]), t('legend_service_areas')]);
  if (things.kin.joined.length) rows.push([sign(dot(10, 6, 'l-kin'), ['path', { d: 'M16 9h16', class: 'l-kin' }]), t('legend_duplicates')]);
  rows.push(...pointRows(points));
  if (rows.length) items.push(el('ul', {}, rows.map(([mark, words]) => el('li', {}, mark, words))));
  if (on && whole.length) items.push(el('div', {}, el('h3', {}, t('rules_whole')), el('ul', {}, whole.map((name) => el('li', {}, name)))));
  if (!items.length) items.push(el('p', {}, t('legend_nothing')));
  body.replaceChildren(...items);
}
