/** "Tell me about changes": one e-mail address, asked for when someone wants it. */

import { address, ApiError, postJson } from '../shared/api.js';
import { config } from '../shared/config.js';
import { byId } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';

/** "s•••@example.org": known again by whose it is, and by nobody else. */
export function masked(email) {
  const at = email.lastIndexOf('@');
  return at < 1 ? email : `${[...email][0]}•••${email.slice(at)}`;
}

/** Looks enough like an address; the server has the last word. */
export function looksLikeEmail(text) {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) && text.length <= 254;
}

/**
 * The button, and the field it opens.
 *
 * @param {string} prefix  of the elements' ids: `<prefix>-notify`, `-notify-form`, `-email`, …
 * @param {() => {ticket: string, key: string|null}} of  whose changes
 * @param {(text: string) => void} say  for screen readers
 */
export function createNotify(prefix, of, say) {
  const button = byId(`${prefix}-notify`);
  const form = byId(`${prefix}-notify-form`);
  const field = byId(`${prefix}-email`);
  const error = byId(`${prefix}-email-error`);
  const told = byId(`${prefix}-told`);
  byId(`${prefix}-email-hint`).textContent = t('notify_hint', { n: number(config.contact?.days ?? 365) });

  button.addEventListener('click', () => {
    button.hidden = true;
    form.hidden = false;
    field.focus();
    form.scrollIntoView({ block: 'nearest' });
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const email = field.value.trim();
    if (!looksLikeEmail(email)) {
      wrong(t('notify_email_wrong'));
      return;
    }
    const { ticket, key } = of();
    const send = form.querySelector('[type=submit]');
    send.setAttribute('aria-disabled', 'true');
    try {
      await postJson(address(`/api/v1/complaints/${encodeURIComponent(ticket)}/contact`), key ? { key, email } : { email });
      show(email);
      say(told.textContent);
    } catch (problem) {
      wrong(failure(problem));
    } finally {
      send.removeAttribute('aria-disabled');
    }
  });

  function failure(problem) {
    if (!(problem instanceof ApiError)) return t('notify_failed');
    if (problem.status === 422) return t('notify_email_wrong');
    if (problem.status === 429) return t('notify_too_many');
    return t('notify_failed');
  }

  function wrong(text) {
    error.textContent = text;
    error.hidden = !text;
    if (text) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
    if (text) field.focus();
  }

  function show(email) {
    told.lastElementChild.textContent = t('notify_will_come', { email: masked(email) });
    told.hidden = false;
    form.hidden = true;
    button.hidden = true;
  }

  return {
    show,
    /** As at the start; nothing is offered where no mail can be sent. */
    reset() {
      const offered = Boolean(config.contact?.notices);
      field.value = '';
      wrong('');
      error.hidden = true;
      form.hidden = true;
      told.hidden = true;
      button.hidden = !offered;
      return offered;
    },
  };
}
