/** Requests over a connection that may be bad: they end, and say in words how. */

import { ApiError, address, getJson } from '../shared/api.js';
import { t } from '../shared/i18n.js';
import { formToken } from '../work/shared/api.js';
import { answered } from './link.js';

export const PATIENCE_MS = 12_000;

/**
 * Like getJson, given up after *patience* milliseconds.
 *
 * @throws {ApiError} the server answered no; any other error means that no answer came
 */
export async function ask(url, options = {}, patience = PATIENCE_MS) {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(new Error('timeout')), patience);
  options.signal?.addEventListener('abort', () => own.abort());
  try {
    const body = await getJson(url, { ...options, signal: own.signal });
    answered(true);
    return body;
  } catch (error) {
    if (!options.signal?.aborted) answered(error instanceof ApiError);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Take a step; *body* has step, version, and what the step needs. */
export function takeStep(ticket, body) {
  return ask(address(`/api/v1/work/complaints/${encodeURIComponent(ticket)}/steps`), {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': formToken() },
  });
}

/** The case of *ticket* as it stands. */
export const getCase = (ticket, options) => ask(address(`/api/v1/work/complaints/${encodeURIComponent(ticket)}`), options);

/** Whether *error* leaves open what became of the request. */
export const unanswered = (error) => !(error instanceof ApiError) || error.status >= 500;

/** Why there is nothing to show, in words. */
export function whyNot(error) {
  if (unanswered(error)) return t(navigator.onLine ? 'field_no_answer' : 'field_offline');
  if (error.status === 401) return t('field_signed_out');
  if (error.status === 403 || error.status === 404) return t('field_not_yours');
  return t('field_refused');
}
