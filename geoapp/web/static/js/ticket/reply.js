/** The reporter's word: a box for whoever holds the sender's key in the address's fragment. */

import { address, ApiError, postJson } from '../shared/api.js';
import { byId } from '../shared/dom.js';
import { t } from '../shared/i18n.js';

const WORKED_ON = new Set(['submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened']);
const REFUSED = { 403: 'reply_not_yours', 409: 'reply_late', 429: 'reply_too_many' };

/** The key in a fragment such as `#kunci=ABCDEFGH23456723`, or null. */
export function keyIn(hash) {
  return /[#&]kunci=([a-z2-7]{16})(?:&|$)/i.exec(hash)?.[1].toUpperCase() ?? null;
}

/** The key of *ticket*: of this address, or of an earlier one in this tab (a change of language drops it). */
function keyOf(ticket) {
  const name = `geoapp.key.${ticket}`;
  const key = keyIn(window.location.hash);
  try {
    if (key) window.sessionStorage.setItem(name, key);
    return key ?? window.sessionStorage.getItem(name);
  } catch {
    return key;
  }
}

/**
 * Show the box while a reply can do something.
 *
 * @param {string} ticket
 * @param {{status: () => string, replied: () => void}} page  how the complaint stands now; called after a reply
 * @returns {() => void}  to be called whenever the status may have changed
 */
export function replyBox(ticket, { status, replied }) {
  const form = byId('ticket-reply');
  const words = byId('reply-text');
  const said = byId('reply-said');
  const buttons = [byId('reply-send'), byId('reply-solved')];

  function show() {
    const disputes = status() === 'resolved';
    const owned = keyOf(ticket) !== null;
    byId('ticket-key').hidden = !owned;
    // What the last reply led to stays readable after the status has changed.
    form.hidden = !owned || !(disputes || WORKED_ON.has(status()) || said.textContent);
    byId('reply-title').textContent = t(disputes ? 'reply_dispute_title' : 'reply_add_title');
    byId('reply-label').textContent = t(disputes ? 'reply_dispute_label' : 'reply_add_label');
    byId('reply-send').textContent = t(disputes ? 'reply_dispute' : 'reply_add');
    byId('reply-solved').hidden = !disputes;
  }

  async function send(solved) {
    const text = words.value.trim();
    if (!text && !solved) {
      said.textContent = t('reply_empty');
      words.focus();
      return;
    }
    said.textContent = t('reply_sending');
    for (const button of buttons) button.disabled = true;
    try {
      const answer = await postJson(address(`/api/v1/complaints/${encodeURIComponent(ticket)}/replies`), {
        key: keyOf(ticket), text, solved,
      });
      words.value = '';
      said.textContent = t(answer.changed ? (solved ? 'reply_closed' : 'reply_reopened') : 'reply_added');
      replied();
    } catch (problem) {
      said.textContent = t((problem instanceof ApiError && REFUSED[problem.status]) || 'reply_failed');
      if (problem instanceof ApiError && problem.status === 409) replied(); // the page shows why
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(false);
  });
  byId('reply-solved').addEventListener('click', () => send(true));
  window.addEventListener('hashchange', show);
  show();
  return show;
}
