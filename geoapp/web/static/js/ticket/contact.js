/** How the sender is reached: shown masked, changed, taken away. */

import { address, ApiError, postJson } from '../shared/api.js';
import { byId, el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';

const FIELDS = ['name', 'email', 'phone'];
const REFUSED = { 403: 'reply_not_yours', 429: 'reply_too_many' };

/**
 * @param {{ticket: string, key: () => string|null, renew: () => Promise<object|null>}} page  see reply.js
 * @returns {(mine: object) => void}
 */
export function contactBox({ ticket, key, renew }) {
  const form = byId('contact-form');
  const said = byId('contact-said');
  const remove = byId('contact-remove');
  const edit = byId('contact-edit');
  const field = (name) => byId(`contact-${name}`);
  let sure = false;

  async function post(change, word) {
    try {
      await postJson(address(`/api/v1/complaints/${encodeURIComponent(ticket)}/contact`), { key: key(), ...change });
      close();
      said.textContent = t(word);
      await renew();
    } catch (problem) {
      const bad = problem instanceof ApiError && problem.status === 422 ? problem.fields.filter((one) => FIELDS.includes(one.field)) : [];
      for (const one of bad) wrong(one.field, t(`contact_wrong_${one.field}`));
      if (bad.length) field(bad[0].field).focus();
      else said.textContent = t((problem instanceof ApiError && REFUSED[problem.status]) || 'reply_failed');
    }
  }

  function wrong(name, text) {
    const error = byId(`contact-${name}-error`);
    error.textContent = text;
    error.hidden = !text;
    if (text) field(name).setAttribute('aria-invalid', 'true');
    else field(name).removeAttribute('aria-invalid');
  }

  function close() {
    form.hidden = true;
    edit.hidden = false;
    for (const name of FIELDS) {
      field(name).value = '';
      wrong(name, '');
    }
  }

  edit.addEventListener('click', () => {
    form.hidden = false;
    edit.hidden = true;
    said.textContent = '';
    field('name').focus();
  });
  byId('contact-cancel').addEventListener('click', () => {
    close();
    edit.focus();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    for (const name of FIELDS) wrong(name, '');
    const change = Object.fromEntries(FIELDS.map((name) => [name, field(name).value.trim()]).filter(([, value]) => value));
    if (!Object.keys(change).length) {
      said.textContent = t('contact_nothing');
      return;
    }
    post(change, 'contact_kept');
  });
  remove.addEventListener('click', () => {
    if (!sure) {
      sure = true;
      said.textContent = t('contact_sure');
      return;
    }
    sure = false;
    post({ name: '', email: '', phone: '' }, 'contact_removed');
  });
  remove.addEventListener('blur', () => { sure = false; });

  return ({ contact }) => {
    byId('ticket-contact').hidden = false;
    const known = FIELDS.filter((name) => contact?.[name]);
    byId('contact-shown').replaceChildren(...known.flatMap((name) => [el('dt', {}, t(`contact_field_${name}`)), el('dd', {}, contact[name])]));
    byId('contact-none').hidden = known.length > 0;
    remove.hidden = !known.length;
    edit.textContent = t(known.length ? 'contact_change' : 'contact_add');
  };
}
