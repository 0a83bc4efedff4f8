/** Whoever holds the sender's key: their own view, loaded with the page and after every change. */

import { address, ApiError, postJson } from '../shared/api.js';
import { byId } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { contactBox } from './contact.js';
import { dataBox } from './data.js';
import { dossierButton, escalationBox } from './escalation.js';
import { keyOf } from './key.js';
import { showMine } from './mine.js';
import { ratingBox } from './rating.js';
import { replyBox } from './reply.js';

/**
 * @param {object} page
 * @param {string} page.ticket
 * @param {string} page.source                address of the upload's own bundle
 * @param {() => Promise<void>} page.refresh  loads the public part anew
 * @param {(text: string) => void} page.say   for screen readers
 * @returns {{owned: () => boolean, load: (anew?: boolean) => Promise<void>, show: () => void}}
 *   load: fetches the view; show: puts what was fetched last into the page
 */
export function owner({ ticket, source, refresh, say }) {
  const key = () => keyOf(ticket);
  let problem = null;
  let mine = null;
  let boxes = null;

  const refused = () => problem instanceof ApiError && problem.status === 403;

  async function load(anew = false) {
    if (anew) problem = null;
    if (key() === null || refused()) return;
    try {
      mine = await postJson(address(`/api/v1/complaints/${encodeURIComponent(ticket)}/mine`), { key: key() });
      problem = null;
    } catch (error) {
      problem = error;
    }
  }

  function show() {
    const failed = byId('ticket-key-failed');
    byId('ticket-key').hidden = key() === null || refused();
    byId('ticket-keep').hidden = !byId('ticket-key').hidden; // the owner is told of their own address
    failed.hidden = !problem;
    failed.textContent = problem ? t(refused() ? 'reply_not_yours' : 'mine_failed') : '';
    if (!mine || refused()) return;
    boxes ??= [replyBox, ratingBox, escalationBox, contactBox, dossierButton, dataBox]
      .map((make) => make({ ticket, key, source, say, renew }));
    showMine(mine, key());
    for (const box of boxes) box(mine);
  }

  async function renew() {
    await refresh();
    return mine;
  }

  return { owned: () => key() !== null && !refused(), load, show };
}
