/** Statistics: the page is complete without this; with it charts are drawn and tables sort in place. */

import { config } from '../shared/config.js';
import { byId, el } from '../shared/dom.js';
import { arrivals, responses } from './charts.js';
import { sorting } from './sort.js';

const CHARTS = { 'chart-arrivals': [arrivals, 'arrivals'], 'chart-months': [responses, 'months'] };
let drawn = [];

/** Draw every chart anew in the colours of the page's look. */
function draw() {
  for (const chart of drawn) chart.destroy();
  drawn = Object.entries(CHARTS).map(([id, [make, data]]) => {
    const place = byId(id);
    place.hidden = false;
    const title = place.closest('section').querySelector('h2').textContent;
    const canvas = el('canvas', { role: 'img', 'aria-label': title });
    place.replaceChildren(canvas);
    return make(canvas, config.statistics[data]);
  });
}

for (const details of document.querySelectorAll('details.s-table')) details.open = false;
for (const table of document.querySelectorAll('table[data-table]')) sorting(table);
draw();
new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
