/** Charts of the statistics by Chart.js, in the colours of the page; the tables beside them say the same. */

import { BarController, BarElement, CategoryScale, Chart, LineController, LineElement, LinearScale, PointElement, Tooltip } from 'chart.js';
import { reducedMotion } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';

Chart.register(BarController, BarElement, CategoryScale, LineController, LineElement, LinearScale, PointElement, Tooltip);

/** The value of a custom property where *node* stands. */
const token = (name, node = document.body) => getComputedStyle(node).getPropertyValue(name).trim();

/** The colour of a group's legend, `rest` for what has none. */
function colourOf(code) {
  const item = document.querySelector(`.s-key .g-${CSS.escape(code || 'rest')}`);
  return (item && token('--g', item)) || token('--bar-weak');
}

/** What both charts share: no animation that isn't wanted, our type, quiet lines. */
function base() {
  const font = { family: token('--font') || 'sans-serif', size: 11 };
  const ticks = { color: token('--text-3'), font };
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: reducedMotion() ? false : { duration: 200 },
    interaction: { mode: 'index', intersect: false },
    scales: {
      x: { grid: { display: false }, border: { color: token('--line') }, ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 12 } },
      y: { beginAtZero: true, grid: { color: token('--grid') }, border: { display: false }, ticks: { ...ticks, maxTicksLimit: 6, callback: (value) => number(value, 1) } },
    },
    plugins: {
      tooltip: { backgroundColor: token('--text'), titleColor: token('--surface'), bodyColor: token('--surface'), footerColor: token('--surface'), titleFont: font, bodyFont: font, footerFont: font, padding: 8, cornerRadius: 6, boxPadding: 4 },
    },
  };
}

/** What came in, one bar for each step, a part for each group. */
export function arrivals(canvas, { labels, series }) {
  const options = base();
  options.scales.x.stacked = options.scales.y.stacked = true;
  options.scales.y.ticks.precision = 0;
  options.plugins.tooltip.callbacks = {
    footer: (items) => `${t('st_total')}: ${number(items.reduce((sum, item) => sum + item.parsed.y, 0))}`,
  };
  const gap = token('--surface');
  return new Chart(canvas, {
    type: 'bar',
    data: { labels, datasets: series.map((one) => ({ label: one.name, data: one.counts, backgroundColor: colourOf(one.code), borderColor: gap, borderWidth: { top: 1 }, borderSkipped: false, categoryPercentage: 0.8, barPercentage: 0.95 })) },
    options,
  });
}

/** Hours to the first response, month by month; a gap where too many still wait. */
export function responses(canvas, { labels, median_h: median, p90_h: p90 }) {
  const options = base();
  options.plugins.tooltip.callbacks = { label: (item) => `${item.dataset.label}: ${t('st_hours', { n: number(item.parsed.y, 1) })}` };
  const line = (label, data, colour, style) => ({ label, data, borderColor: colour, backgroundColor: colour, pointStyle: style, borderWidth: 2, pointRadius: 4, spanGaps: false });
  return new Chart(canvas, {
    type: 'line',
    data: { labels, datasets: [line(t('st_median'), median, token('--bar'), 'circle'), line(t('st_p90'), p90, token('--bar-below'), 'rect')] },
    options,
  });
}
