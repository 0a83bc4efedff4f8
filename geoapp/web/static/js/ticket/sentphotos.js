/**
 * Photos that only their sender may see: fetched with the key in a header, which no address and
 * no log of a server holds, and shown as data.
 */

import { address } from '../shared/api.js';
import { el } from '../shared/dom.js';
import { pictures } from '../shared/pictures.js';
import { t } from '../shared/i18n.js';

const held = new Map(); // "<id>/<size>" → promise of a data address

function load(ticket, key, id, size) {
  const name = `${id}/${size}`;
  if (!held.has(name)) {
    held.set(name, fetched(ticket, key, id, size).catch((error) => {
      held.delete(name);
      throw error;
    }));
  }
  return held.get(name);
}

async function fetched(ticket, key, id, size) {
  const response = await fetch(address(`/api/v1/complaints/${encodeURIComponent(ticket)}/photos/${id}/${size}.jpg`), {
    headers: { 'Geoapp-Key': key },
    cache: 'no-store',
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const blob = await response.blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/**
 * The photos, small; a large one is fetched when it is asked for.
 *
 * @param {string} ticket
 * @param {string} key
 * @param {Array<{id: string, width: number, height: number}>} photos
 * @returns {HTMLElement|null} filled when they have come
 */
export function sentPictures(ticket, key, photos) {
  if (!photos.length) return null;
  const box = el('div.c-pics');
  Promise.all(photos.map(async (photo) => ({ ...photo, small: await load(ticket, key, photo.id, 'small') })))
    .then((known) => {
      for (const photo of known) photo.large = photo.small;
      const shown = pictures(known, ticket);
      shown.addEventListener('click', async (event) => {
        const button = event.target.closest('button');
        if (!button || known.every(({ whole }) => whole)) return;
        event.stopImmediatePropagation();
        event.preventDefault();
        for (const photo of known) {
          photo.large = await load(ticket, key, photo.id, 'large').catch(() => photo.small);
          photo.whole = true;
        }
        button.click();
      }, { capture: true });
      box.replaceChildren(shown);
    })
    .catch(() => box.replaceChildren(el('p.c-small', {}, t('mine_photos_failed'))));
  return box;
}
