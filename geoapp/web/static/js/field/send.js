/** A step is sent once, however often its answer is lost. */

import { ApiError } from '../shared/api.js';
import { config } from '../shared/config.js';
import { forget, keepPending } from './kept.js';
import { getCase, takeStep, unanswered } from './net.js';
import { happened, lastEvent, others } from './rules.js';

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
export async function sendStep(sent) {
  keepPending(sent);
  try {
    await takeStep(sent.ticket, { step: sent.step, version: sent.version, ...sent.fields });
  } catch (error) {
    if (unanswered(error)) return { outcome: 'waiting', error };
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
    if (unanswered(lost)) return { outcome: 'waiting', error: lost };
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

/** What is sent for *step* of the case *found*. */
export const stepOf = (found, name, step, fields = {}) => ({
  ticket: found.ticket, name, step, version: found.version, since: lastEvent(found), fields,
});
