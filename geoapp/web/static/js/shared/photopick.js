/** Photos that go along with words: picked or taken, sent at once, named by their ids once they have arrived. */

import { config } from './config.js';
import { el, icon } from './dom.js';
import { number } from './format.js';
import { t } from './i18n.js';
import { createPhotos } from './photos.js';
import { createThumbs, createTray } from './phototray.js';

const TYPES = 'image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif';

/**
 * @param {object} of
 * @param {string} of.hint       who will see them, in words
 * @param {boolean} [of.big]     for thumbs
 * @param {object[]} [of.kept]   from a draft; changed in place
 * @param {(list: object[]) => void} [of.save]  keep the list with the draft
 * @param {string|null} [of.place]  where the files outlive a reload; null: nowhere
 * @param {() => string[]} [of.others]  keys of other drafts in the same place
 * @param {(words: string) => void} [of.say]  for screen readers; without it the picker tells them itself
 */
export function photoPicker({ hint, big = false, kept = [], save = () => {}, place = null, others = () => [], say = null }) {
  const kind = big ? '.btn.big' : '.btn';
  const told = el('p.sr', { role: 'status' });
  const note = el('p.wrong', { role: 'alert', hidden: true });
  const list = el('ul.ph-list', { hidden: true });
  let wake = () => {};
  let over = false;
  let show = () => {};
  const photos = createPhotos({
    kept, save: () => save(kept), changed: () => { show(); wake(); }, source: config.photos.tus, place, others,
  });
  const tray = createTray(list, photos, createThumbs(photos), say ?? ((words) => { told.textContent = words; }));

  const input = (options, label, sign, name) => {
    const box = el('input.sr', { type: 'file', name, ...options });
    box.addEventListener('change', () => {
      const left = photos.add([...box.files]);
      box.value = ''; // the same file may be picked again after it was taken out
      tell(left ? t('photo_too_many', { most: number(photos.most), n: left }) : '');
    });
    return el(`label${kind}`, { dataset: { photoPick: '' } }, icon(sign), el('span', {}, label), box);
  };
  const camera = input({ accept: 'image/*', capture: 'environment' }, t('photo_take'), 'i-camera', 'camera');
  camera.classList.add('ph-camera');
  const adds = el('div.ph-adds', {}, camera, input({ accept: TYPES, multiple: true }, t('photo_choose'), 'i-plus', 'photos'));
  const node = el('div.ph-field', { role: 'group', 'aria-label': t('photos_label') },
    el('p.ph-label', {}, t('photos_label'), el('span.muted', {}, ` ${t('optional')}`)), el('p.hint', {}, hint), list, adds, note, told);

  function tell(words) {
    note.textContent = words;
    note.hidden = !words;
  }

  show = () => {
    tray();
    adds.hidden = photos.room() <= 0;
  };
  show();
  if (kept.length) photos.resume();

  return {
    node,
    photos,
    /** Ids of those that have arrived, in their order. */
    value: () => photos.ready().map(({ id }) => id),
    invalid: (words) => tell(words ?? ''),
    focus: () => node.querySelector('input').focus(),
    /**
     * Wait until all have arrived; *waiting* hears words while that lasts. False when one can't be
     * used, or when it is over: the form was left.
     */
    async arrived(waiting = () => {}) {
      while (!over && photos.underWay().length) {
        waiting(t('photos_wait'));
        await new Promise((resolve) => { wake = resolve; });
      }
      if (over) return false;
      const bad = photos.refused().length > 0;
      tell(bad ? t('photo_bad') : '');
      if (bad) this.focus();
      return !bad;
    },
    /** They belong to the case now. */
    sent() {
      photos.clear();
      show();
    },
    /** The form is left. *forget*: its photos are taken back. */
    end({ forget = true } = {}) {
      over = true;
      if (forget) for (const photo of [...photos.list]) photos.remove(photo);
      photos.end();
      wake();
    },
  };
}
