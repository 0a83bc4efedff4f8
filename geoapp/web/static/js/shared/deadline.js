import { now as serverNow } from './clock.js';
import { config } from './config.js';
import { el, icon } from './dom.js';
import { duration } from './format.js';
import { t } from './i18n.js';

export const OPEN = ['submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened'];
export const DONE = ['resolved', 'closed'];
/** How long before it a deadline is due soon, in milliseconds: the server's own rule, told with the page. */
const soon = () => config.due_soon_hours * 3600e3;

/** Whether *status* still needs someone. */
export const isOpen = (status) => OPEN.includes(status);

/** Whether the deadline has passed: open, not paused, due before *now* (milliseconds, the server's time). */
export function isOverdue(status, dueAt, now = serverNow()) {
  return dueAt != null && isOpen(status) && status !== 'on_hold' && new Date(dueAt).getTime() < now;
}

/** How the deadline stands: 'ok', 'soon', 'over', 'paused' or 'done'; null when there is none. */
export function deadlineKind(status, dueAt, now = serverNow()) {
  if (DONE.includes(status)) return 'done';
  if (status === 'on_hold') return 'paused';
  if (dueAt == null || !isOpen(status)) return null;
  const left = new Date(dueAt).getTime() - now;
  return left < 0 ? 'over' : left < soon() ? 'soon' : 'ok';
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
  return running(dueAt, { full, now });
}

/** What is said of a deadline whose clock runs. */
export function running(dueAt, { full = false, now = serverNow() } = {}) {
  const left = new Date(dueAt).getTime() - now;
  if (left < 0) return { kind: 'over', text: t('overdue_by', { time: duration(-left, full) }) };
  return { kind: left < soon() ? 'soon' : 'ok', text: t('time_left', { time: duration(left, full) }) };
}

/**
 * Verification and first answer of *complaint* that are missing though their deadline has passed;
 * as geoapp.is_verify_late and geoapp.is_answer_late say it.
 *
 * @param {{status: string, verify_due_at: string|null, verified_at: string|null, answer_due_at: string|null, first_response_at: string|null}} complaint
 * @returns {Array<{duty: 'verify'|'answer', kind: 'over', text: string}>}
 */
export function lateDuties({ status, verify_due_at, verified_at, answer_due_at, first_response_at }, now = serverNow()) {
  return [['verify', verify_due_at, verified_at], ['answer', answer_due_at, first_response_at]]
    .filter(([, dueAt, doneAt]) => !doneAt && isOverdue(status, dueAt, now))
    .map(([duty, dueAt]) => ({ duty, kind: 'over', text: t(`late_${duty}`, { time: duration(now - new Date(dueAt).getTime()) }) }));
}

const SIGNS = { ok: 'i-clock', soon: 'i-soon', over: 'i-over', paused: 'i-pause', done: 's-resolved' };

/** The deadline as a badge: shape, word and colour; null when there is nothing to say. */
export function deadlineBadge(status, dueAt, options) {
  const state = deadline(status, dueAt, options);
  return state && badge(state);
}

/** What is said of a deadline as a badge; *sign* where it isn't the kind's own. */
export const badge = ({ kind, sign = SIGNS[kind], text }) => el(`span.due.${kind}`, {}, icon(sign), text);

/** The status as shape and word. */
export function statusSign(status) {
  return el(`span.st.st-${status}`, {}, icon(`s-${status}`), t(`status_${status}`));
}
