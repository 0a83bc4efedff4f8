/** Tables whose heads are links that sort: done in place, with the same address as the server's. */

import { byId } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { orderedBy } from '../shared/ordered.js';

/** Columns whose first look goes to the smallest; as in web/work/statistics_page.py. */
const SMALLEST_FIRST = ['name', 'followed_up', 'in_time'];

/** What a cell is sorted by: text of names, numbers elsewhere, null without any. */
export function valueOf(text, column) {
  if (column === 'name') return text;
  return text === '' || text == null ? null : Number(text);
}

/** The way a click on *column* sorts, *before* being its aria-sort (or null). */
export function wayOf(column, before) {
  if (before) return before === 'ascending' ? 'down' : 'up';
  return SMALLEST_FIRST.includes(column) ? 'up' : 'down';
}

/** The address that sorts *table* like that; everything else stays. */
export function sortedAddress(href, table, column, way) {
  const url = new URL(href);
  url.searchParams.set('sort', `${table}:${column}:${way}`);
  url.hash = '';
  return url.href;
}

/** Let the heads of *table* sort without a new page; Enter on a link is a click, so keys do too. */
export function sorting(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, place) => {
    const link = head.querySelector('a[data-column]');
    link?.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      const { column } = link.dataset;
      const way = wayOf(column, head.getAttribute('aria-sort'));
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', way === 'up' ? 'ascending' : 'descending');
      const [body] = table.tBodies;
      body.append(...orderedBy([...body.rows], (row) => valueOf(row.cells[place]?.dataset.v, column), way === 'up'));
      const there = sortedAddress(window.location.href, table.dataset.table, column, way);
      window.history.replaceState(window.history.state, '', there);
      link.href = sortedAddress(there, table.dataset.table, column, way === 'up' ? 'down' : 'up');
      byId('said').textContent = t(way === 'up' ? 'st_sorted_up' : 'st_sorted_down', { column: link.textContent.trim() });
    });
  });
}
