import { t } from '../shared/i18n.js';
import * as state from './state.js';

/**
 * Say over the map why the server won't draw it, and what would help; null takes that away.
 *
 * @param {object} context of the page
 * @param {{code: string, fields: Array<{field: string}>}|null} error of a tile
 */
export function refusal(context, error) {
  if (!error) { if (refusal.told) context.tell(null); refusal.told = false; return; }
  refusal.told = true;
  const patch = (error.fields ?? []).map(({ field }) => state.without(field)).find(Boolean);
  const narrow = error.code === 'too_many';
  context.tell(t(narrow ? 'tiles_too_many' : 'tiles_refused'), narrow || !patch ? { text: t('choose_filters'), run: () => context.togglers.filters(true) } : { text: t('clear_filters'), run: () => state.update(patch) });
}
