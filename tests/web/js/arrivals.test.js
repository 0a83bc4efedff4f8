// What the feed tells is shown by its age, and floods are collapsed.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

const { Arrivals } = await import('../../../geoapp/web/static/js/map/arrivals.js');

const NOON = Date.parse('2026-11-19T05:00:00Z');
const MINUTE = 60_000;

/** A page that notes what it was told, at noon. */
function page() {
  const heard = { arrived: 0, changed: 0, older: 0, flooded: 0 };
  const count = (name) => () => { heard[name] += 1; };
  return { heard, arrivals: new Arrivals(Object.fromEntries(Object.keys(heard).map((name) => [name, count(name)]))) };
}

const submitted = (ago, now = Date.now()) => ({ kind: 'submitted', complaint: { ticket: 'A', submitted_at: new Date(now - ago).toISOString() } });

function at(now, run) {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now });
  try { run(); } finally { mock.timers.reset(); }
}

test('only what was submitted within ten minutes is new', () => at(NOON, () => {
  const { heard, arrivals } = page();
  for (const minutes of [0, 5, 10]) arrivals.hear(submitted(minutes * MINUTE));
  for (const minutes of [11, 60, 90 * 24 * 60]) arrivals.hear(submitted(minutes * MINUTE));
  arrivals.hear({ kind: 'status', complaint: { submitted_at: new Date().toISOString() } });
  assert.deepEqual(heard, { arrived: 3, changed: 1, older: 3, flooded: 0 });
}));

test('a phone whose clock is an hour off judges by the clock of the server', () => at(NOON, () => {
  const { heard, arrivals } = page();
  arrivals.setClock('2026-11-19T06:00:00+00:00');
  arrivals.hear(submitted(MINUTE, NOON + 60 * MINUTE));
  arrivals.hear(submitted(MINUTE, NOON));
  arrivals.setClock('nonsense');
  arrivals.hear(submitted(MINUTE, NOON + 60 * MINUTE));
  assert.deepEqual(heard, { arrived: 2, changed: 0, older: 1, flooded: 0 });
}));

test('of more than twenty events in two seconds the rest becomes one load, repeated every five', () => at(NOON, () => {
  const { heard, arrivals } = page();
  // 100 a second for 11 seconds.
  for (let i = 0; i < 1100; i += 1) {
    arrivals.hear(submitted(0));
    mock.timers.tick(10);
  }
  assert.equal(heard.arrived, 20);
  // The first after a second of gathering, then five apart: about 1.2, 6.2 and 11.2 s; the last is due.
  assert.equal(heard.flooded, 2);
  mock.timers.tick(5000);
  assert.equal(heard.flooded, 3, 'what came last is loaded too');
  mock.timers.tick(60_000);
  assert.equal(heard.flooded, 3);
  arrivals.hear(submitted(0));
  assert.equal(heard.arrived, 21, 'afterwards single ones count again');
}));

test('twenty events in two seconds are no flood', () => at(NOON, () => {
  const { heard, arrivals } = page();
  for (let i = 0; i < 60; i += 1) {
    arrivals.hear(submitted(0));
    mock.timers.tick(101);
  }
  mock.timers.tick(60_000);
  assert.deepEqual(heard, { arrived: 60, changed: 0, older: 0, flooded: 0 });
}));
