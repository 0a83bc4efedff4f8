/** A complaint's photos: small ones in a row, one large over the page. */

import { el, icon } from './dom.js';
import { t } from './i18n.js';

/**
 * The small photos as buttons; a tap opens the large one. Null without photos.
 *
 * @param {Array<{id: string, small: string, large: string, width: number, height: number}>} photos
 * @param {string} ticket
 */
export function pictures(photos, ticket) {
  if (!photos?.length) return null;
  return el('div.pics', { dataset: { n: Math.min(photos.length, 5) }, role: 'group', 'aria-label': t('photos_of', { ticket }) }, photos.map((photo, i) => el('button', {
    type: 'button',
    dataset: { photo: photo.id },
    'aria-label': t('photo_open', { n: i + 1, total: photos.length }),
    onclick: () => openPicture(photos, i, ticket),
  }, el('img', { src: photo.small, alt: '', loading: 'lazy', decoding: 'async' }))));
}

let shown = null;

/** Close the large photo, if one is open: what it shows may be gone. */
export function closePicture() {
  shown?.close();
}

/** Show one of *photos* large, over the page; the others follow by arrow keys and buttons. */
export function openPicture(photos, first, ticket) {
  closePicture();
  let at = first;
  const picture = el('img', { alt: '' });
  const words = el('p', { 'aria-live': 'polite' });
  const button = (name, id, act) => el(`button.btn.icon.${name}`, { type: 'button', 'aria-label': t(`photo_${name}`), onclick: act }, icon(id));
  const step = (by) => { at = (at + by + photos.length) % photos.length; fill(); };
  const viewer = el('dialog.viewer', { 'aria-label': t('photos_of', { ticket }) },
    picture, button('close', 'i-x', () => viewer.close()),
    photos.length > 1 ? [button('previous', 'i-right', () => step(-1)), button('next', 'i-right', () => step(1))] : null, words);

  function fill() {
    const photo = photos[at];
    picture.src = photo.large;
    picture.width = photo.width;
    picture.height = photo.height;
    picture.alt = t('photo_shown', { n: at + 1, total: photos.length, ticket });
    words.textContent = photos.length > 1 ? `${at + 1} / ${photos.length}` : '';
    words.hidden = photos.length < 2;
    words.setAttribute('aria-label', picture.alt);
  }

  viewer.addEventListener('keydown', (event) => {
    event.stopPropagation(); // the page's own keys rest
    if (event.key === 'ArrowLeft' && photos.length > 1) step(-1);
    else if (event.key === 'ArrowRight' && photos.length > 1) step(1);
  });
  viewer.addEventListener('click', (event) => { if (event.target === viewer || event.target === picture) viewer.close(); });
  picture.addEventListener('error', () => { words.hidden = false; words.textContent = t('photo_missing'); });
  viewer.addEventListener('close', () => {
    viewer.remove();
    if (shown === viewer) shown = null;
    // its button may have been drawn anew meanwhile
    document.querySelector(`[data-photo="${CSS.escape(photos[first].id)}"]`)?.focus({ preventScroll: true });
  });
  document.body.append(viewer);
  shown = viewer;
  fill();
  viewer.showModal();
}
