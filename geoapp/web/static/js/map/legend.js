import { config } from '../shared/config.js';
import { el } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';

const SVG = 'http://www.w3.org/2000/svg';

/** A small drawing of *shapes*, each [tag, attributes], 40 by 18 pixels. */
export function sign(...shapes) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('width', 40);
  svg.setAttribute('height', 18);
  svg.setAttribute('aria-hidden', 'true');
  for (const [name, attributes] of shapes) {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    svg.append(node);
  }
  return svg;
}

export const dot = (cx, r, classes) => ['circle', { cx, cy: 9, r, class: classes }];

function hexagon(cx, level) {
  const corners = [0, 1, 2, 3, 4, 5].map((i) => {
    const angle = (i * Math.PI) / 3 + Math.PI / 6;
    return `${(cx + 6.5 * Math.cos(angle)).toFixed(1)},${(9 + 6.5 * Math.sin(angle)).toFixed(1)}`;
  });
  return ['polygon', { points: corners.join(' '), class: `h${level}${level === 99 ? ' h-core-sign' : ''}` }];
}

/** The hexagons of these levels of confidence beside each other. */
export const hexagons = (levels) => sign(...levels.map((level, i) => hexagon(20 + (i - (levels.length - 1) / 2) * 13, level)));

/** A ramp of six steps under its title; *ticks* are the steps in words, *veiled* as cells are drawn. */
export function stepRow(title, unit, ticks, veiled) {
  return [
    el('h3', {}, title, unit ? el('span.muted', {}, unit) : null),
    el(`div.steps${veiled ? '' : '.full'}`, {}, ticks.map((_, i) => el(`i.q-${i + 1}`))),
    el('div.ticks', {}, ticks.map((words) => el('span', {}, words))),
  ];
}

/**
 * Say what is drawn now, in drawing order, and nothing else.
 *
 * @param {HTMLElement} body
 * @param {{cells: boolean, steps: number[], open: boolean, done: boolean, lately: boolean, overdue: boolean,
 *   hotspots: number[]}} drawn *lately* says that only what was resolved in the last two days is there
 */
export function fillLegend(body, drawn) {
  const items = [];
  if (drawn.cells) {
    const ticks = drawn.steps.map((step, i) => (i === drawn.steps.length - 1 ? `${number(step)}+` : number(step)));
    items.push(el('div', {}, stepRow(t('legend_density'), t('legend_per_cell'), ticks, true)));
  }
  const rows = [];
  if (drawn.hotspots.length) {
    const range = drawn.hotspots.length > 1 ? `${drawn.hotspots[0]}–${drawn.hotspots.at(-1)}%` : `${drawn.hotspots[0]}%`;
    rows.push([hexagons(drawn.hotspots), t('legend_hotspots', { range })]);
  }
  if (drawn.open || drawn.done || drawn.overdue) {
    const colours = (config.groups ?? []).slice(0, 3).map((group, i) => dot(7 + 13 * i, 4, `p g-${group.code}`));
    const [a, b] = [config.groups?.[4] ?? config.groups?.[0], config.groups?.[1] ?? config.groups?.[0]].map((group) => group?.code);
    if (drawn.done) rows.push([sign(dot(20, 3.5, `p-done g-${b}`)), t(drawn.lately ? 'legend_done' : 'status_resolved')]);
    if (drawn.open) rows.push([sign(...colours), t('legend_open')]);
    if (drawn.overdue) rows.push([sign(dot(20, 6.6, 'p-over'), dot(20, 4, `p g-${a}`)), t('legend_overdue')]);
  }
  if (rows.length) items.push(el('ul', {}, rows.map(([svg, text]) => el('li', {}, svg, text))));
  if (!items.length) items.push(el('p', {}, t('legend_nothing')));
  body.replaceChildren(...items);
}
