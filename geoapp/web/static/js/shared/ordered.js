/**
 * Rows of a table by their values; equal ones keep their order, those without a value come last
 * whichever way.
 *
 * @param {Array} rows
 * @param {(row) => (string|number|null)} value null, NaN and '' are no value
 * @param {boolean} up the smallest first
 */
export function orderedBy(rows, value, up) {
  const told = rows.map((row) => ({ row, value: value(row) }));
  const none = (one) => one.value == null || one.value === '' || Number.isNaN(one.value);
  const compare = (a, b) => (typeof a === 'number' ? a - b : a.localeCompare(b, 'id', { numeric: true }));
  const known = told.filter((one) => !none(one)).sort((a, b) => (up ? 1 : -1) * compare(a.value, b.value));
  return [...known, ...told.filter(none)].map((one) => one.row);
}
