import { now as serverNow } from './clock.js';
import { el, icon } from './dom.js';
import { duration } from './format.js';
import { t } from './i18n.js';

export const OPEN = ['submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened'];
export const DONE = ['resolved', 'closed'];
const SOON = 12 * 3600e3;

/** Whether *status* still needs someone. */
export const isOpen = (status) => OPEN.includes(status);

/** Whether the deadline has passed: open, not paused, due before *now* (milliseconds, the server's time). */
export function isOverdue(status, dueAt, now = serverNow()) {
  return dueAt != null && isOpen(status) && status !== 'on_hold' && new Date(dueAt).getTime() < now;
}

/**
 * What the deadline says about a complaint.
 *
 * @returns {{kind: 'ok'|'soon'|'over'|'paused'|'done', text: string}|null} null when there is none
 */
export function deadline(status, dueAt, { full = false, now = serverNow() } = {}) {
  if (DONE.includes(status)) return { kind: 'done', text: t(`status_${status}`) };
  if (status === 'on_hold') return { kind: 'paused', text: t('deadline_paused') };
  if (dueAt == null || !isOpen(status)) return null;
  const left = new Date(dueAt).getTime() - now;
  if (left < 0) return { kind: 'over', text: t('overdue_by', { time: duration(-left, full) }) };
  return { kind: left < SOON ? 'soon' : 'ok', text: t('time_left', { time: duration(left, full) }) };
}

const SIGNS = { ok: 'i-clock', soon: 'i-soon', over: 'i-over', paused: 'i-pause', done: 's-resolved' };

/** The deadline as a badge: shape, word and colour; null when there is nothing to say. */
export function deadlineBadge(status, dueAt, options) {
  const state = deadline(status, dueAt, options);
  return state && el(`span.due.${state.kind}`, {}, icon(SIGNS[state.kind]), state.text);
}

/** The status as shape and word. */
export function statusSign(status) {
  return el(`span.st.st-${status}`, {}, icon(`s-${status}`), t(`status_${status}`));
}
