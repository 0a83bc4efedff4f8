// Deadlines by the server's time, on a phone whose clock is wrong.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { mock, test } from 'node:test';

const SERVER = Date.parse('2026-11-19T05:00:00Z'); // noon in Jambi
const HOUR = 3600e3;
const DAY = 24 * HOUR;
const js = '../../../geoapp/web/static/js/shared';

// The page as the server wrote it; the phone is a day and twenty minutes ahead.
const PHONE = SERVER + DAY + 20 * 60e3;
mock.timers.enable({ apis: ['Date'], now: PHONE });
globalThis.document = {
  getElementById: () => ({ textContent: JSON.stringify({ now: '2026-11-19T12:00:00+07:00', lang: 'id', due_soon_hours: 12 }) }),
};
const { aheadOf, now, setClock } = await import(`${js}/clock.js`);
const { deadline, isOverdue, lateDuties } = await import(`${js}/deadline.js`);
const { ago } = await import(`${js}/format.js`);

const iso = (moment) => new Date(moment).toISOString();
const kind = (dueAt, status = 'assigned') => deadline(status, iso(dueAt)).kind;

/** What a browser keeps for the pages of one tab. */
function memory(value = null) {
  return { value, get() { return this.value; }, put(ahead) { this.value = ahead; } };
}

test('a phone a day ahead shows what the server would', () => {
  assert.equal(now(), SERVER);
  assert.equal(kind(SERVER + 1), 'soon');
  assert.equal(kind(SERVER - 1), 'over');
  assert.equal(isOverdue('assigned', iso(SERVER + 1)), false);
  assert.equal(isOverdue('assigned', iso(SERVER - 1)), true);
  assert.equal(ago(iso(SERVER - 2 * HOUR)), ago(iso(PHONE - 2 * HOUR), PHONE));
});

test('it counts on with the phone, and follows the server where it speaks again', () => {
  mock.timers.tick(5 * HOUR);
  assert.equal(now(), SERVER + 5 * HOUR);
  setClock('2026-11-19T10:00:30Z');
  assert.equal(now(), SERVER + 5 * HOUR + 30e3);
  setClock('2026-11-19T05:00:00Z');
  assert.equal(now(), SERVER);
});

test('the states are those of geoapp.deadline_state, with the same twelve hours', () => {
  const sql = readFileSync(new URL('../../../migrations/sql/0004_workflow.sql', import.meta.url), 'utf8');
  assert.deepEqual(new Set(sql.match(/interval '(\d+) hours'/g)), new Set(["interval '12 hours'"]));
  const running = new Set(sql.match(/ARRAY\['submitted'[^\]]*\]/g).map((list) => list.replaceAll(/ARRAY\[|\]|'/g, '')));
  assert.equal(running.size, 1);
  for (const status of [...running][0].split(', ')) {
    assert.equal(kind(SERVER - 1, status), 'over', status);
    assert.equal(kind(SERVER, status), 'soon', status);
    assert.equal(kind(SERVER + 12 * HOUR - 1, status), 'soon', status);
    assert.equal(kind(SERVER + 12 * HOUR, status), 'ok', status);
  }
  assert.equal(kind(SERVER - DAY, 'on_hold'), 'paused');
  for (const status of ['resolved', 'closed']) assert.equal(kind(SERVER - DAY, status), 'done');
  for (const status of ['rejected', 'out_of_authority', 'duplicate']) {
    assert.equal(deadline(status, iso(SERVER - DAY)), null, status);
    assert.equal(isOverdue(status, iso(SERVER - DAY)), false, status);
  }
});

test('soon is what the server calls soon: no script has hours of its own', () => {
  const root = new URL(`${js}/../`, import.meta.url);
  const found = readdirSync(root, { recursive: true }).filter((name) => !name.startsWith('dist') && name.endsWith('.js') && /\b12 ?\* ?(3600|HOUR|60 ?\* ?60)/.test(readFileSync(new URL(name, root), 'utf8')));
  assert.deepEqual(found, []);
});

test('verification and first answer are late while they are missing and the clock runs', () => {
  const past = { verify_due_at: iso(SERVER - 2 * DAY), answer_due_at: iso(SERVER - 1) };
  const kinds = (complaint) => lateDuties(complaint).map(({ duty }) => duty);
  assert.deepEqual(kinds({ ...past, status: 'submitted' }), ['verify', 'answer']);
  assert.deepEqual(kinds({ ...past, status: 'assigned', verified_at: iso(SERVER) }), ['answer']);
  assert.deepEqual(kinds({ ...past, status: 'submitted', first_response_at: iso(SERVER) }), ['verify']);
  for (const status of ['on_hold', 'resolved', 'closed', 'rejected', 'duplicate']) assert.deepEqual(kinds({ ...past, status }), [], status);
  assert.deepEqual(kinds({ status: 'submitted', verify_due_at: iso(SERVER), answer_due_at: null }), [], 'due now is not late; an old import owes nothing');
});

test('a page that took long to arrive loses nothing', () => {
  // The answer began 2 s after the navigation; the script runs 30 s later.
  const arrival = { timeOrigin: PHONE - 32e3, responseStart: 2000, transferSize: 9000 };
  assert.equal(aheadOf(iso(SERVER - 30e3), arrival, memory(), PHONE), SERVER - PHONE);
});

test('a page out of the cache goes by what a fresh one found out', () => {
  const cached = { timeOrigin: PHONE, responseStart: 1, transferSize: 0 };
  const kept = memory();
  assert.equal(aheadOf(iso(SERVER - 7 * DAY), cached, kept, PHONE), 0, 'nothing known: the phone');
  aheadOf(iso(SERVER), null, kept, PHONE);
  assert.equal(aheadOf(iso(SERVER - 7 * DAY), cached, kept, PHONE), SERVER - PHONE);
});

test('without the server a phone goes by itself', () => {
  for (const nothing of [undefined, null, 'nonsense']) assert.equal(aheadOf(nothing, null, memory(), PHONE), 0);
});
