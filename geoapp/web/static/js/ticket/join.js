/** For everybody: the same problem, too; news by mail; the photos large. */

import { config } from '../shared/config.js';
import { byId } from '../shared/dom.js';
import { pictures } from '../shared/pictures.js';
import { Support } from '../map/support.js';
import { createNotify } from '../report/notify.js';

/**
 * @param {object} page
 * @param {string} page.ticket
 * @param {() => boolean} page.owned   whoever looks holds the sender's key
 * @param {() => string} page.status
 * @param {() => void} page.refresh
 * @param {(text: string) => void} page.say
 * @returns {() => void}  to be called whenever the page was renewed
 */
export function joinBox({ ticket, owned, status, refresh, say }) {
  const box = document.getElementById('ticket-join');
  if (!box) return () => {}; // a confidential one can be joined by nobody
  const support = new Support({ onGone: refresh });
  byId('join-support').append(support.words, support.acts);
  const notify = createNotify('ticket', () => ({ ticket, key: null }), say);
  const follows = Boolean(config.contact?.notices) && notify.reset();
  return () => {
    const supporters = Number(byId('ticket-live').dataset.supporters ?? 0);
    support.show({ ticket, status: status(), supporters });
    if (owned()) support.acts.hidden = true;
    const following = follows && !owned();
    byId('ticket-notify').parentElement.classList.toggle('own', owned());
    if (!following) byId('ticket-notify').hidden = true;
    box.hidden = !(supporters || !support.acts.hidden || following);
  };
}

/** The page's photos as those of the map's card: small ones, one large over the page; of the report, and of each answer. */
export function showPictures(ticket) {
  document.querySelectorAll('[data-pics]').forEach((row) => showRow(row, ticket));
}

function showRow(row, ticket) {
  const photos = [...row.querySelectorAll('a')].map((link) => ({
    id: link.dataset.id,
    small: link.firstElementChild.src,
    large: link.href,
    width: Number(link.dataset.width),
    height: Number(link.dataset.height),
  }));
  const shown = pictures(photos, ticket);
  if (shown) row.replaceWith(shown);
}
