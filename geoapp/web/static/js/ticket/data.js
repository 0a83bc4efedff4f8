/** The sender's rights over their data: all of it in a file, or gone. */

import { address, ApiError, postJson } from '../shared/api.js';
import { byId } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { download } from './download.js';

const REFUSED = { 403: 'reply_not_yours', 409: 'data_refused', 422: 'data_other_ticket', 429: 'reply_too_many' };

/**
 * @param {{ticket: string, key: () => string|null, renew: () => Promise<object|null>}} page  see reply.js
 * @returns {(mine: object) => void}
 */
export function dataBox({ ticket, key, renew }) {
  const made = byId('data-made');
  const said = byId('data-said');
  const typed = byId('data-ticket');
  const path = `/api/v1/complaints/${encodeURIComponent(ticket)}`;
  let busy = false;

  /** Do what a button says; how that goes stands under that button. */
  async function run(place, doing, act) {
    if (busy) return;
    busy = true;
    made.textContent = '';
    said.textContent = '';
    place.textContent = t(doing);
    try {
      place.textContent = t(await act());
    } catch (problem) {
      place.textContent = t((problem instanceof ApiError && REFUSED[problem.status]) || 'reply_failed');
    } finally {
      busy = false;
    }
  }

  byId('data-export').addEventListener('click', () => run(made, 'data_making', async () => {
    await download(`${path}/export`, { key: key() }, `${ticket}.zip`);
    return 'data_made';
  }));
  byId('data-erase').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = typed.value.trim().toUpperCase();
    if (text !== ticket) {
      made.textContent = '';
      said.textContent = t('data_other_ticket');
      typed.focus();
      return;
    }
    run(said, 'data_erasing', async () => {
      await postJson(address(`${path}/erasure`), { key: key(), ticket: text });
      // The form goes; its last word takes its place.
      byId('data-erase').replaceWith(said);
      await renew();
      return 'data_erased';
    });
  });
  return () => { byId('ticket-data').hidden = false; };
}
