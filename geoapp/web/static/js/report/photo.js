/** First screen: a photo says more than words, and often where and when. */

import { byId, el } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { createTray } from '../shared/phototray.js';

/**
 * @param {object} app  what the screens share, see main.js
 */
export function photoScreen(app) {
  const { photos } = app;
  const buttons = byId('photo-pick');
  const note = byId('photo-note');
  const next = byId('photo-next');
  const show = createTray(byId('photo-list'), photos, app.thumbs, (text) => app.say(text));

  for (const input of [byId('photo-camera'), byId('photo-gallery')]) {
    input.addEventListener('change', () => {
      take([...input.files]);
      input.value = ''; // the same file may be picked again after it was taken out
    });
  }
  next.addEventListener('click', () => app.go('what'));

  // A photo dragged onto the page from a computer's folder.
  const panel = byId('content');
  panel.addEventListener('dragover', (event) => {
    if (app.current === 'photo' && event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  panel.addEventListener('drop', (event) => {
    if (app.current !== 'photo' || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });

  function take(files) {
    if (!files.length) return;
    const over = photos.add(files);
    say(over ? t('photo_too_many', { most: number(photos.most), n: over }) : '');
  }

  function say(text) {
    note.textContent = text;
    note.hidden = !text;
  }

  function changed() {
    if (app.current !== 'photo') return;
    show();
    const some = photos.list.length > 0;
    buttons.classList.toggle('some', some);
    buttons.hidden = photos.room() <= 0;
    byId('photo-why').hidden = some;
    byId('photo-count').textContent = t('photo_count', { n: number(photos.counted()), most: number(photos.most) });
    byId('photo-count').hidden = !some;
    byId('photo-background').hidden = !photos.underWay().length;
    next.textContent = t(some ? 'report_continue' : 'photo_without');
    next.classList.toggle('primary', some);
  }

  return {
    changed,
    enter() {
      say(app.refused.photos ?? '');
      delete app.refused.photos;
      changed();
    },
  };
}

/**
 * The photos small and side by side, for the screen that shows all once more.
 *
 * @param {object} app
 */
export function photoStrip(app) {
  return el('div.ph-strip', {}, app.photos.list.map((photo, index) => {
    const box = app.thumbs.of(photo);
    const state = photo.skipped ? 'skipped' : photo.state;
    box.dataset.state = state;
    box.setAttribute('role', 'img');
    box.setAttribute('aria-label', t('photo_n', { n: index + 1 }));
    return box;
  }));
}
