/** One to five stars once it is closed, by keys, touch or screen reader; a word beside if one likes. */

import { address, ApiError, postJson } from '../shared/api.js';
import { byId } from '../shared/dom.js';
import { moment } from '../shared/format.js';
import { t } from '../shared/i18n.js';

const REFUSED = { 403: 'reply_not_yours', 409: 'rating_late', 429: 'reply_too_many' };

/**
 * @param {{ticket: string, key: () => string|null, renew: () => Promise<object|null>}} page  see reply.js
 * @returns {(mine: object) => void}
 */
export function ratingBox({ ticket, key, renew }) {
  const form = byId('ticket-rating');
  const words = byId('rating-words');
  const said = byId('rating-said');
  const send = byId('rating-send');
  const chosen = () => form.querySelector('input[name=stars]:checked');
  let known = null; // the rating shown, so that typing isn't overwritten when the page is renewed

  form.addEventListener('change', ({ target }) => {
    word();
    if (target.name === 'stars') wrong('');
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!chosen()) {
      said.textContent = '';
      wrong(t('rating_missing'));
      form.querySelector('input[name=stars]').focus();
      return;
    }
    send.setAttribute('aria-disabled', 'true');
    try {
      await postJson(address(`/api/v1/complaints/${encodeURIComponent(ticket)}/rating`), {
        key: key(), stars: Number(chosen().value), words: words.value.trim(),
      });
      said.textContent = t('rating_sent');
      await renew();
    } catch (problem) {
      said.textContent = t((problem instanceof ApiError && REFUSED[problem.status]) || 'reply_failed');
    } finally {
      send.removeAttribute('aria-disabled');
    }
  });

  /** What is wrong stands where the reading of the stars would, beside them. */
  function wrong(text) {
    const error = byId('rating-wrong');
    error.textContent = text;
    error.hidden = !text;
    byId('rating-word').hidden = Boolean(text);
  }

  function word() {
    byId('rating-word').textContent = chosen() ? t(`stars_${chosen().value}`) : '\u00a0';
  }

  return ({ may, rating }) => {
    form.hidden = !(may.rate || rating);
    for (const field of form.elements) field.disabled = !may.rate;
    send.hidden = !may.rate;
    send.textContent = t(rating ? 'rating_change' : 'rating_send');
    if (!rating || known === rating.rated_at) return;
    known = rating.rated_at;
    form.querySelector(`input[name=stars][value="${rating.stars}"]`).checked = true;
    words.value = rating.words;
    word();
    said.textContent = t('rating_until', { moment: moment(rating.rated_at, true), until: moment(may.rate_until ?? rating.rated_at, true) });
  };
}
