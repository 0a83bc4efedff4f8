/** A step is sent once, however often its answer is lost. */

import { ApiError } from '../shared/api.js';
import { config } from '../shared/config.js';
import { forget, keepPending } from './kept.js';
import { getCase, takeStep, unanswered } from './net.js';
import { happened, lastEvent, others } from './rules.js';

const flying = new Map();

/** Whether a step of *ticket* is on its way right now. */
export const onItsWay = (ticket) => flying.has(ticket);

/**
 * Send *sent*, and find out what became of it when the answer is lost or no.
 *
 * The version makes a repetition safe: a step that has happened changed it, so the same request
 * is refused, and the history then tells whether it was ours.
 *
 * @param {{ticket: string, name: string, step: string, version: number, since: number, fields: object}} sent
 * @returns {Promise<{outcome: 'done'|'waiting'|'changed'|'refused', case?: object, others?: object[], error?: Error}>}
 *   done: it has happened, *case* is new where known · waiting: no answer; *sent* is kept ·
 *   changed: somebody else acted first · refused: the server says no
 */
export function sendStep(sent) {
  // One at a time for a ticket: sent by itself and tapped at the same moment it is the same request.
  if (!flying.has(sent.ticket)) flying.set(sent.ticket, attempt(sent).finally(() => flying.delete(sent.ticket)));
  return flying.get(sent.ticket);
}

async function attempt(sent) {
  keepPending(sent);
  try {
    await takeStep(sent.ticket, { step: sent.step, version: sent.version, ...sent.fields });
  } catch (error) {
    // Whoever signs in again on this phone wants it sent.
    if (unanswered(error) || error.status === 401) return { outcome: 'waiting', error };
    if (error instanceof ApiError && error.status === 409) return whatHappened(sent, error);
    // Nothing was stored: the words stay, the attempt is over.
    forget(sent.ticket, { drafts: false });
    return { outcome: 'refused', error };
  }
  forget(sent.ticket);
  return { outcome: 'done' };
}

async function whatHappened(sent, error) {
  let found;
  try {
    found = await getCase(sent.ticket);
  } catch (lost) {
    if (unanswered(lost) || lost.status === 401) return { outcome: 'waiting', error: lost };
    forget(sent.ticket, { drafts: false });
    return { outcome: 'refused', error: lost };
  }
  if (happened(found, sent, config.me)) {
    forget(sent.ticket);
    return { outcome: 'done', case: found };
  }
  forget(sent.ticket, { drafts: false });
  return { outcome: 'changed', case: found, others: others(found, sent.since, config.me), error };
}

/** What is sent for *step* of the case *found*; *name* is the service's, in every language. */
export const stepOf = (found, name, step, fields = {}) => ({
  ticket: found.ticket, name, step, version: found.version, since: lastEvent(found), fields,
});
