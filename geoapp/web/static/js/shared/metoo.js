/**
 * "Me too": said once by a browser, taken back if it was a mistake.
 *
 * Before it says anything the browser asks for a mark by which it's known again: without one the
 * server knows it by its address alone, which neighbours share. What was said is remembered here,
 * too, so that a button tells it before anybody asks the server.
 */

import { address, getJson, postJson } from './api.js';

const STORED = 'geoapp.metoo';
const MOST = 200;

function all() {
  try { return JSON.parse(localStorage.getItem(STORED)) ?? {}; } catch { return {}; }
}

function remember(ticket, word) {
  const said = all();
  delete said[ticket];
  if (word) said[ticket] = word; // the newest last
  const kept = Object.fromEntries(Object.entries(said).slice(-MOST));
  try { localStorage.setItem(STORED, JSON.stringify(kept)); } catch { /* a private window forgets it */ }
}

/** What this browser has said of *ticket*: 'said', 'own' (it reported it), or null. */
export const saidOf = (ticket) => all()[ticket] ?? null;

const supportOf = (ticket) => address(`/api/v1/complaints/${encodeURIComponent(ticket)}/support`);

/** One tab after the other: two that are marked at the same moment would be two people. */
function alone(run) {
  return navigator.locks ? navigator.locks.request(STORED, run) : run();
}

/**
 * Say that one has the same problem.
 *
 * @returns {Promise<{ticket: string, supporters: number, result: 'new'|'again'|'own'}>}
 * @throws {ApiError} 404 and 409: it isn't open any more; 429: too often
 */
export async function meToo(ticket) {
  const told = await alone(async () => {
    await postJson(address('/api/v1/mark'), {});
    return postJson(supportOf(ticket), {});
  });
  remember(told.ticket, told.result === 'own' ? 'own' : 'said');
  return told;
}

/** Take it back; answers as meToo does, with the result 'withdrawn' or 'none'. */
export async function takeBack(ticket) {
  const told = await getJson(supportOf(ticket), { method: 'DELETE' });
  remember(told.ticket, null);
  return told;
}
