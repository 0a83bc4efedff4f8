import { t } from '../shared/i18n.js';
import { orderedBy } from '../shared/ordered.js';

/** Tables whose columns can be sorted: `<table data-sorts>` with `<th data-sort="text|number">`. */
export function sorting(root) {
  for (const table of root.querySelectorAll('table[data-sorts]')) {
    if (table.dataset.sorts === 'on') continue;
    table.dataset.sorts = 'on';
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if (!head.dataset.sort) return;
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'b-sort';
      button.title = t('b_sort', { column: head.textContent });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const numbers = head.dataset.sort === 'number';
        const before = head.getAttribute('aria-sort');
        const up = before ? before === 'descending' : !numbers;
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        const [body] = table.tBodies;
        body.append(...ordered([...body.rows], column, numbers, up));
      });
    });
  }
}

/** *rows* by the cells of *column*; equal ones keep their order. */
export function ordered(rows, column, numbers, up) {
  return orderedBy(rows, (row) => (numbers ? Number(row.cells[column].dataset.value) : row.cells[column].textContent.trim()), up);
}
