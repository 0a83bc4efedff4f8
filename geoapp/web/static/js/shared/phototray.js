/** The picked photos as rows: what each one looks like, how far it is, what can be done about it. */

import { el, icon } from './dom.js';
import { number } from './format.js';
import { t } from './i18n.js';

const THUMB_PX = 240;

/**
 * A picture of *photo* for this page: from the file while it is here, else the server's small one
 * (which also shows what this browser can't read, such as HEIC).
 *
 * @param {ReturnType<import('./photos.js').createPhotos>} photos
 */
export function createThumbs(photos) {
  const bitmaps = new Map();

  async function bitmap(photo) {
    if (!bitmaps.has(photo.key)) {
      bitmaps.set(photo.key, photos.file(photo)
        .then((file) => (file ? createImageBitmap(file, { resizeWidth: THUMB_PX, resizeQuality: 'medium' }) : null))
        .catch(() => null));
    }
    return bitmaps.get(photo.key);
  }

  async function fill(box, photo) {
    const drawn = await bitmap(photo);
    if (drawn) {
      const canvas = el('canvas', { 'aria-hidden': 'true' });
      canvas.width = drawn.width;
      canvas.height = drawn.height;
      canvas.getContext('2d').drawImage(drawn, 0, 0);
      box.replaceChildren(canvas);
    } else if (photo.small) {
      const image = el('img', { alt: '', src: photo.small });
      image.addEventListener('error', () => image.remove());
      box.replaceChildren(image);
    }
  }

  return {
    /** A box with the picture; the sign of a camera until there is one. */
    of(photo) {
      const box = el('span.ph-thumb', {}, icon('i-camera'));
      fill(box, photo);
      return box;
    },
  };
}

/** "45%" of what has arrived. */
export function share(photo) {
  return Math.min(100, Math.floor(100 * photo.sent / Math.max(1, photo.bytes)));
}

/** How far *photo* is, in words. */
export function stateText(photo) {
  if (photo.skipped) return t('photo_skipped');
  switch (photo.state) {
    case 'kept': return t('photo_kept');
    case 'drawing': return t('photo_drawing');
    case 'sending': return photo.why ?? t('photo_sending', { share: number(share(photo)) });
    case 'refused':
    case 'gone': return photo.why ?? t('photo_refused');
    default: return photo.why ?? t('photo_waiting');
  }
}

/**
 * Keep *node* showing the photos; call the returned function whenever something has changed.
 *
 * @param {HTMLElement} node  a list
 * @param {ReturnType<import('./photos.js').createPhotos>} photos
 * @param {{of: (photo: object) => HTMLElement}} thumbs
 * @param {(text: string) => void} say  for screen readers
 * @returns {() => void}
 */
export function createTray(node, photos, thumbs, say) {
  const rows = new Map();

  function build(photo) {
    const bar = el('progress', { max: '100' });
    const state = el('small');
    const retry = el('button.btn.quiet.ph-retry', { type: 'button', onclick: () => photos.retry(photo) }, t('try_again'));
    const name = el('b');
    const remove = el('button.btn.quiet.icon', { type: 'button', onclick: () => removed(photo) }, icon('i-x'));
    const body = el('div.ph-body', {}, name, state, bar, retry);
    const row = { item: el('li.ph', { dataset: { key: photo.key } }, thumbs.of(photo), body, remove), bar, state, retry, name, remove, small: photo.small };
    rows.set(photo.key, row);
    return row;
  }

  function removed(photo) {
    const at = photos.list.indexOf(photo);
    photos.remove(photo);
    say(t('photo_removed', { n: at + 1 }));
    (node.children[Math.min(at, node.children.length - 1)]?.querySelector('.btn.icon') ?? document.querySelector('[data-photo-pick]'))?.focus();
  }

  function show(photo, index) {
    const row = rows.get(photo.key) ?? build(photo);
    const text = stateText(photo);
    const name = t('photo_n', { n: index + 1 });
    if (row.name.textContent !== name) {
      row.name.textContent = name;
      row.bar.setAttribute('aria-label', name);
      row.remove.setAttribute('aria-label', t('photo_remove', { n: index + 1 }));
    }
    if (row.state.textContent !== text) {
      row.state.textContent = text;
      if (['kept', 'refused', 'gone'].includes(photo.state)) say(`${name}: ${text}`);
    }
    row.item.dataset.state = photo.skipped ? 'skipped' : photo.state;
    row.item.classList.toggle('held', photo.state === 'waiting' && Boolean(photo.why));
    row.bar.hidden = photo.skipped || !['waiting', 'sending', 'drawing'].includes(photo.state);
    if (photo.state === 'drawing') row.bar.removeAttribute('value');
    else row.bar.value = share(photo);
    row.retry.hidden = !(photo.skipped || (photo.state === 'waiting' && photo.why));
    if (photo.small && !row.small) {
      row.small = photo.small;
      if (!row.item.querySelector('canvas')) row.item.querySelector('.ph-thumb').replaceWith(thumbs.of(photo));
    }
    return row.item;
  }

  return () => {
    const wanted = photos.list.map(show);
    const keys = new Set(photos.list.map((photo) => photo.key));
    for (const [key, row] of rows) {
      if (keys.has(key)) continue;
      row.item.remove();
      rows.delete(key);
    }
    wanted.forEach((item, at) => {
      if (node.children[at] !== item) node.insertBefore(item, node.children[at] ?? null);
    });
    node.hidden = !wanted.length;
  };
}
