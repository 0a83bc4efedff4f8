/** After the deadline: the choice of the Ombudsman; and the dossier, at any time. */

import { address, ApiError, postJson } from '../shared/api.js';
import { byId } from '../shared/dom.js';
import { moment } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { download } from './download.js';

const REFUSED = { 403: 'reply_not_yours', 409: 'escalation_early', 429: 'reply_too_many' };

/**
 * @param {{ticket: string, key: () => string|null, renew: () => Promise<object|null>}} page  see reply.js
 * @returns {(mine: object) => void}
 */
export function escalationBox({ ticket, key, renew }) {
  const box = document.getElementById('ticket-escalation'); // not where a city names no Ombudsman
  if (!box) return () => {};
  const send = byId('escalation-send');
  const said = byId('escalation-said');
  let sure = false;

  send.addEventListener('click', async () => {
    if (!sure) {
      sure = true;
      send.textContent = t('escalation_sure');
      send.classList.add('primary');
      said.textContent = t('escalation_sure_hint');
      return;
    }
    send.setAttribute('aria-disabled', 'true');
    try {
      await postJson(address(`/api/v1/complaints/${encodeURIComponent(ticket)}/escalation`), { key: key() });
      said.textContent = '';
      await renew();
      byId('escalation-title').focus();
    } catch (problem) {
      said.textContent = t((problem instanceof ApiError && REFUSED[problem.status]) || 'reply_failed');
    } finally {
      send.removeAttribute('aria-disabled');
    }
  });

  return (mine) => {
    const since = mine.escalated_at;
    box.hidden = !(since || mine.may.escalate);
    byId('escalation-title').tabIndex = -1;
    byId('escalation-title').textContent = t(since ? 'escalation_title_done' : 'escalation_title');
    byId('escalation-why').textContent = since
      ? t('escalation_since', { moment: moment(since, true) })
      : t('escalation_why', { moment: moment(mine.due_at, true) });
    byId('escalation-ask').hidden = Boolean(since);
    byId('escalation-ways').hidden = !since;
  };
}

/**
 * The button that fetches the dossier.
 *
 * @param {{ticket: string, key: () => string|null, say: (text: string) => void}} page
 */
export function dossierButton({ ticket, key, say }) {
  const button = byId('ticket-dossier');
  const label = button.lastElementChild;
  const usual = label.textContent;
  let busy = false;

  function tell(text) {
    label.textContent = text;
    say(text);
  }

  button.addEventListener('click', async () => {
    if (busy) return;
    busy = true;
    button.setAttribute('aria-disabled', 'true');
    tell(t('dossier_making'));
    try {
      await download(`/api/v1/complaints/${encodeURIComponent(ticket)}/dossier`, { key: key() }, `${ticket}.pdf`);
      tell(t('dossier_made'));
    } catch (problem) {
      tell(t(problem instanceof ApiError && problem.status === 429 ? 'reply_too_many' : 'dossier_failed'));
    } finally {
      busy = false;
      button.removeAttribute('aria-disabled');
      setTimeout(() => { if (!busy) label.textContent = usual; }, 8000);
    }
  });
  return () => { button.hidden = false; };
}
