/** What must outlive a reload: words typed for a job, and a step whose answer has not come. */

import { config } from '../shared/config.js';

const KEY = `geoapp.field.${config.city?.code ?? ''}.${config.me?.id ?? ''}`;

function all() {
  try { return JSON.parse(sessionStorage.getItem(KEY)) ?? {}; } catch { return {}; }
}

function put(change) {
  try { sessionStorage.setItem(KEY, JSON.stringify({ ...all(), ...change })); } catch { /* a reload then loses it */ }
}

/** What was typed and photographed for a step of a job: {text, chosen, photos}. */
export const draft = (ticket, step) => ({ text: '', chosen: '', photos: [], ...all().drafts?.[`${ticket}/${step}`] });

/** Keep what has changed of it. */
export function keepDraft(ticket, step, change) {
  put({ drafts: { ...all().drafts, [`${ticket}/${step}`]: { ...draft(ticket, step), ...change } } });
}

/** Keys of the photos of every draft: their files stay on this phone. */
export const draftPhotos = () => Object.values(all().drafts ?? {}).flatMap(({ photos = [] }) => photos.map(({ key }) => key));

/** The step that was sent for *ticket* without an answer, or null. */
export const pending = (ticket) => all().pending?.[ticket] ?? null;

/** All of them: [{ticket, name, step, …}]. */
export const allPending = () => Object.values(all().pending ?? {});

export function keepPending(sent) {
  put({ pending: { ...all().pending, [sent.ticket]: sent } });
}

/** Forget what was typed and sent for *ticket*: it has happened, or it was taken back. */
export function forget(ticket, { drafts = true } = {}) {
  const { pending: waiting = {}, drafts: typed = {} } = all();
  const rest = Object.fromEntries(Object.entries(waiting).filter(([name]) => name !== ticket));
  const words = drafts ? Object.fromEntries(Object.entries(typed).filter(([name]) => !name.startsWith(`${ticket}/`))) : typed;
  put({ pending: rest, drafts: words });
}
