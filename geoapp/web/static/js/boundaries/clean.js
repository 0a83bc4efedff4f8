import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { closed } from './rules.js';

/**
 * Say under the field how many gaps the typed size closes.
 *
 * @param {HTMLInputElement|null} field
 * @param {HTMLElement|null} told  its data-sizes are the gaps' sizes in m², as JSON
 */
export function counting(field, told) {
  if (!field || !told) return;
  const sizes = JSON.parse(told.dataset.sizes);
  field.addEventListener('input', () => {
    told.textContent = t('b_closes', { n: number(closed(sizes, Number(field.value))), all: number(sizes.length) });
  });
}
