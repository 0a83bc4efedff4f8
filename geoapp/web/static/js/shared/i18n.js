import { config } from './config.js';

/**
 * The text of *key* in the language of the page, with `{name}` replaced from *values*.
 * With `values.n === 1` a text under `<key>_one` is preferred (English needs it, Indonesian does
 * not). A missing key shows itself, so that it is noticed.
 */
export function t(key, values = {}) {
  const texts = config.i18n ?? {};
  const single = values.count === 1 || values.n === 1;
  const text = (single && texts[`${key}_one`]) || texts[key] || key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
