/** The sender's word on the work, with photos; disputes what is called finished, or agrees. */

import { address, ApiError, postJson } from '../shared/api.js';
import { byId } from '../shared/dom.js';
import { moment, number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { createPhotos } from '../shared/photos.js';
import { createThumbs, createTray } from '../shared/phototray.js';
import { attemptOf } from '../entry/form.js';
import { randomKey } from '../report/draft.js';

const REFUSED = { 403: 'reply_not_yours', 409: 'reply_late', 429: 'reply_too_many' };

/**
 * @param {object} page
 * @param {string} page.ticket
 * @param {() => string|null} page.key
 * @param {() => Promise<object|null>} page.renew   loads page and own view anew; answers the view
 * @param {string} page.source                      address of the upload's own bundle
 * @param {(text: string) => void} page.say         for screen readers
 */
export function replyBox({ ticket, key, renew, source, say }) {
  const form = byId('ticket-reply');
  const words = byId('reply-text');
  const said = byId('reply-said');
  const note = byId('reply-photo-note');
  const until = byId('reply-until');
  const buttons = [byId('reply-send'), byId('reply-solved')];
  let tray = () => {};
  let attempt = null; // kept until it is answered: the server knows a second try by its key
  const photos = createPhotos({ kept: [], save() {}, changed: () => showPhotos(), source });
  tray = createTray(byId('reply-photos'), photos, createThumbs(photos), say);

  function showPhotos() {
    tray();
    byId('reply-add').hidden = photos.room() <= 0;
  }

  byId('reply-files').addEventListener('change', ({ target }) => {
    const over = photos.add([...target.files]);
    target.value = '';
    note.textContent = over ? t('photo_too_many', { most: number(photos.most), n: over }) : '';
    note.hidden = !over;
  });

  /** What keeps the photos from going along; null when nothing does. */
  function held() {
    if (photos.refused().length) return 'reply_photos_bad';
    return photos.underWay().length ? 'reply_photos_wait' : null;
  }

  async function send(solved) {
    const text = words.value.trim();
    if (!text && !solved && !photos.list.length) {
      said.textContent = t('reply_empty');
      words.focus();
      return;
    }
    const waits = held();
    if (waits) {
      said.textContent = t(waits);
      return;
    }
    said.textContent = t('reply_sending');
    for (const button of buttons) button.disabled = true;
    const body = { key: key(), text, solved, photos: photos.ready().map(({ id }) => id) };
    attempt = attemptOf(attempt, body, randomKey);
    try {
      const answer = await postJson(address(`/api/v1/complaints/${encodeURIComponent(ticket)}/replies`), body, { 'Idempotency-Key': attempt.key });
      done(t(answer.changed ? (solved ? 'reply_closed' : 'reply_reopened') : 'reply_added'));
      await renew();
    } catch (problem) {
      if (!(await arrived(body, problem))) {
        said.textContent = t((problem instanceof ApiError && REFUSED[problem.status]) || 'reply_failed');
        if (problem instanceof ApiError && problem.status === 409) await renew(); // the page shows why
      }
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  /** An answer may be lost after the reply was stored: then it stands in the history already. */
  async function arrived(body, problem) {
    if (problem instanceof ApiError && problem.status < 500 && problem.status !== 422) return false;
    const mine = await renew().catch(() => null);
    const last = mine?.history.findLast(({ kind }) => kind === 'reply');
    const same = last && last.words === body.text && last.solved === body.solved
      && last.photos.length === body.photos.length && body.photos.every((id) => last.photos.some((one) => one.id === id))
      && (body.text || body.photos.length);
    if (same) done(t('reply_added'));
    return Boolean(same);
  }

  function done(text) {
    attempt = null; // the same words again are another reply
    words.value = '';
    photos.clear();
    said.textContent = text;
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(false);
  });
  byId('reply-solved').addEventListener('click', () => send(true));

  /** Show the box while a reply can do something; what the last one led to stays readable. */
  return (mine) => {
    const disputes = mine.status === 'resolved';
    form.hidden = !(mine.may.reply || said.textContent);
    for (const part of form.children) if (part !== said) part.hidden = !mine.may.reply;
    if (!mine.may.reply) return;
    byId('reply-title').textContent = t(disputes ? 'reply_dispute_title' : 'reply_add_title');
    byId('reply-label').textContent = t(disputes ? 'reply_dispute_label' : 'reply_add_label');
    byId('reply-send').textContent = t(disputes ? 'reply_dispute' : 'reply_add');
    byId('reply-solved').hidden = !disputes;
    until.hidden = !(disputes && mine.may.dispute_until);
    until.textContent = mine.may.dispute_until ? t('reply_until', { moment: moment(mine.may.dispute_until, true) }) : '';
    note.hidden = !note.textContent;
    showPhotos();
  };
}
