// What stands around the live map: figures and their change, hotspots as they are, the activity
// that waits, selections that are too large, filters kept by name.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const i18n = {
  compared_with_days: 'dibanding {n} hari sebelumnya', compared_with_nothing: 'tanpa masa pembanding', n_points: '{n} poin', n_hours: '{n} jam',
  activity_support: '{n} dukungan baru', activity_submitted: 'Laporan baru', activity_answer: 'Jawaban', status_resolved: 'Selesai', status_verified: 'Terverifikasi',
  picked_some: '{n} dari {all} dipilih', picked_all: '{n} dipilih', picked_none: 'Tidak ada',
};
globalThis.window = { L: {}, addEventListener: () => {} };
globalThis.document = { getElementById: () => ({ textContent: JSON.stringify({ lang: 'id', due_soon_hours: 12, work: { steps: { verify: { sources: ['submitted'], needs: [], optional: [] }, hold: { sources: ['submitted', 'verified'], needs: ['reason'], optional: [] } } }, city: { timezone: 'Asia/Jakarta' }, i18n }) }) };
const js = '../../../geoapp/web/static/js/command';
const { change, comparedWith, figures } = await import(`${js}/numbers.js`);
const { daysOf, filterOf, found, setAside } = await import(`${js}/alarms.js`);
const { ActivityLog, when, wordsOf } = await import(`${js}/activity.js`);
const { pickedWords } = await import(`${js}/selection.js`);
const { canonical, inForce, sorted } = await import(`${js}/saved.js`);
const { pans } = await import(`${js}/keys.js`);
const { taker } = await import('../../../geoapp/web/static/js/work/take.js');
const { debounce } = await import('../../../geoapp/web/static/js/map/rules.js');

test('counts come from the question, rates from the same question over every status', () => {
  const now = { open: 154, new_today: 9, overdue: 53, median_first_response_s: 99, followed_up: { n: 1, of: 2 }, before: { open: 133, new_today: 7, overdue: 57 } };
  const rates = { median_first_response_s: 20_160, followed_up: { n: 17, of: 20 }, before: { median_first_response_s: 21_600, followed_up: { n: 41, of: 50 } } };
  // 20,160 s = 5.6 h, 21,600 s = 6 h; 17/20 = 85 %, 41/50 = 82 %.
  assert.deepEqual(figures(now, rates).map(({ value }) => value), [154, 9, 53, 5.6, 0.85]);
  assert.deepEqual(figures(now, rates).map(change), ['+21', '+2', '−4', '−0,4 jam', '+3 poin']);
});

test('where there is nothing to count or to compare with, nothing is said', () => {
  const lone = figures({ open: 3, new_today: 0, overdue: 0, before: null }, {});
  assert.deepEqual(lone.map(({ value }) => value), [3, 0, 0, null, null]);
  assert.deepEqual(lone.map(change), [null, null, null, null, null]);
  assert.equal(change({ unit: 'complaints', value: 4, before: 4 }), '0');
  assert.equal(change({ unit: 'share', value: 0.851, before: 0.853 }), '0 poin', 'a fifth of a point is no change');
  assert.equal(figures({ followed_up: { n: 0, of: 0 } })[4].value, null, 'a share of nothing');
});

test('the period before is named by its length', () => {
  assert.equal(comparedWith({ since: '2026-05-26T00:00:00+07:00', until: '2026-08-24T00:00:00+07:00' }), 'dibanding 90 hari sebelumnya');
  assert.equal(comparedWith(null), 'tanpa masa pembanding');
});

test('hotspots are listed surest first, each with the run that found it', () => {
  const told = {
    clusters: [{ group: 'road', confidence: 95, count: 40 }, { group: 'drainage', confidence: 99, count: 12 }, { group: 'drainage', confidence: 99, count: 22 }],
    runs: [{ group: 'drainage', window_from: '2026-10-20T17:00:00Z', window_to: '2026-11-19T17:00:00Z', set_aside: [{ lon: 103.6, lat: -1.6, count: 11 }] },
      { group: 'road', set_aside: [{ lon: 103.6, lat: -1.6, count: 7 }] }],
  };
  assert.deepEqual(found(told).map(({ group, count }) => [group, count]), [['drainage', 22], ['drainage', 12], ['road', 40]]);
  assert.equal(daysOf(found(told)[0].run), 30);
  assert.deepEqual(setAside(told.runs), { total: 18, places: [[103.6, -1.6]] }, 'two groups share one pile');
  const filter = filterOf({ ...found(told)[0], bbox: [103.6, -1.62, 103.61, -1.6] });
  assert.deepEqual(filter, { group: ['drainage'], polygon: '103.600000,-1.620000,103.610000,-1.620000,103.610000,-1.600000,103.600000,-1.600000', status: 'all', since: '2026-10-20', until: '' });
  assert.deepEqual(found({}), []);
});

const entry = (ticket, kind = 'status') => ({ kind, ticket, at: '2026-11-22T04:00:00Z', complaint: { status: 'resolved' } });

test('what happens is shown on top at once, and waits while the list is paused or scrolled', () => {
  const log = new ActivityLog(3);
  assert.equal(log.hear(entry('A')), true);
  log.away = true;
  assert.equal(log.hear(entry('B')), false);
  log.away = false;
  log.paused = true;
  log.hear(entry('C'));
  assert.deepEqual([log.shown.map((one) => one.ticket), log.waiting.map((one) => one.ticket)], [['A'], ['C', 'B']]);
  assert.deepEqual(log.release().map((one) => one.ticket), ['C', 'B']);
  assert.deepEqual(log.shown.map((one) => one.ticket), ['C', 'B', 'A']);
  log.paused = false;
  log.hear(entry('D'));
  assert.deepEqual(log.shown.map((one) => one.ticket), ['D', 'C', 'B'], 'never longer than it may be');
});

test('supporters of one complaint in a row, and floods, are counted in one row', () => {
  const log = new ActivityLog();
  for (const ticket of ['A', 'A', 'B', 'A']) log.hear(entry(ticket, 'support'));
  log.hear(entry('A'));
  log.hear(entry('A'));
  log.hear({ kind: 'flood', ticket: null, n: 30 });
  log.hear({ kind: 'flood', ticket: null, n: 12 });
  assert.deepEqual(log.shown.map(({ kind, ticket, n }) => [kind, ticket, n]), [['flood', null, 42], ['status', 'A', 1], ['status', 'A', 1], ['support', 'A', 1], ['support', 'B', 1], ['support', 'A', 2]]);
});

test('a complaint that must not be shown leaves rows without anything of it', () => {
  const log = new ActivityLog();
  log.hear(entry('A'));
  log.hear(entry('B'));
  log.paused = true;
  log.hear(entry('A'));
  assert.equal(log.retract('A'), 1);
  assert.deepEqual(log.waiting, []);
  assert.doesNotMatch(JSON.stringify(log.shown[1]), /"A"|complaint/);
  assert.equal(log.shown[0].ticket, 'B');
});

test('an event is told by its kind, a change of status by the status', () => {
  const complaint = { status: 'resolved' };
  assert.equal(wordsOf({ kind: 'submitted', complaint }), 'Laporan baru');
  assert.equal(wordsOf({ kind: 'status', complaint }), 'Selesai');
  assert.equal(wordsOf({ kind: 'support', complaint, n: 2 }), '2 dukungan baru');
  assert.equal(wordsOf({ kind: 'something_of_tomorrow', complaint: { status: 'verified' } }), 'Terverifikasi');
});

test('today by the time, before by the day, in the city', () => {
  const now = Date.parse('2026-11-22T04:00:00Z'); // 11.00 WIB
  assert.equal(when('2026-11-22T01:39:00Z', now), '08.39');
  assert.equal(when('2026-11-21T17:01:00Z', now), '00.01', 'a minute past midnight in Jambi');
  assert.match(when('2026-11-21T16:59:00Z', now), /^21 Nov/);
});

test('a selection says what a bulk step cannot take', () => {
  assert.equal(pickedWords({ matched: 37, taken: 37 }), '37 dipilih');
  assert.equal(pickedWords({ matched: 1431, taken: 200 }), '200 dari 1.431 dipilih');
  assert.equal(pickedWords({ matched: 0, taken: 0 }), 'Tidak ada');
});

test('a saved filter is found again however its parameters are ordered', () => {
  const filters = [{ id: 1, name: 'Zebra', query: 'status=open&group=road', mine: true }, { id: 2, name: 'Alir', query: 'group=drainage', mine: false }, { id: 3, name: 'Aspal', query: 'q=a%20b', mine: true }];
  assert.equal(inForce(filters, 'group=road&status=open')?.id, 1);
  assert.equal(inForce(filters, 'q=a+b')?.id, 3, 'a blank is a blank');
  assert.equal(inForce(filters, 'group=road'), null);
  assert.equal(canonical('a=&b=1'), 'b=1');
  assert.deepEqual(sorted(filters).map((some) => some.map(({ name }) => name)), [['Aspal', 'Zebra'], ['Alir']]);
});

/** A page whose list holds A (submitted) and B (verified); what a key does is written down. */
function desk({ open = null, focused = null, selected = [], many = true } = {}) {
  const done = [];
  const rows = new Map([['A', { ticket: 'A', status: 'submitted' }], ['B', { ticket: 'B', status: 'verified' }]]);
  const chosen = new Map(selected.map((ticket) => [ticket, rows.get(ticket)]));
  const actions = { start: (step) => { done.push(['drawer', drawer.ticket, step]); return step !== 'merge'; } };
  const drawer = { ticket: open, panel: { actions } };
  const list = { selected: chosen, source: { open: () => drawer.ticket }, complaint: (ticket) => rows.get(ticket) ?? null, select: (ticket) => chosen.set(ticket, rows.get(ticket)) };
  const bulk = { sending: false, start: (step) => { done.push(['many', [...chosen.keys()].join(), step]); return true; } };
  const steps = taker({ list, bulk, drawer, say: () => done.push(['refused']), open: (ticket) => { drawer.ticket = ticket; done.push(['open', ticket]); }, current: () => focused, many: () => many });
  return { steps, done };
}

test('a key means the selected, else the open complaint, else the one with the focus', () => {
  let page = desk({ selected: ['A', 'B'], open: 'A', focused: 'B' });
  page.steps.take('hold');
  assert.deepEqual(page.done, [['many', 'A,B', 'hold']]);
  page = desk({ open: 'A', focused: 'B' });
  page.steps.take('verify');
  assert.deepEqual(page.done, [['drawer', 'A', 'verify']]);
  page = desk({ focused: 'A' });
  page.steps.take('verify');
  assert.deepEqual(page.done, [['many', 'A', 'verify']], 'nothing has to be said: at once');
  page = desk({ focused: 'A' });
  page.steps.take('hold');
  page.steps.opened('A');
  assert.deepEqual(page.done, [['open', 'A'], ['drawer', 'A', 'hold']], 'a reason has to be given: with its form');
});

test('a key never reaches what is out of sight', () => {
  let page = desk({ selected: ['A'], many: false, open: 'B' });
  page.steps.take('hold');
  assert.deepEqual(page.done, [['drawer', 'B', 'hold']], 'a selection behind another tab');
  page = desk();
  page.steps.take('verify');
  assert.deepEqual(page.done, [], 'nothing is open, nothing has the focus');
  page = desk({ focused: 'B' });
  page.steps.take('verify');
  assert.deepEqual(page.done, [['refused']], 'it is verified already');
  page = desk({ focused: 'C', many: false });
  page.steps.take('verify');
  page.steps.opened('C');
  assert.deepEqual(page.done, [['open', 'C'], ['drawer', 'C', 'verify']], 'one of the feed is opened first');
});

test('arrow keys move the map unless something else wants them', () => {
  const body = {};
  const region = { contains: (node) => node?.inside === true };
  assert.equal(pans(body, body, region), true);
  assert.equal(pans({ inside: true }, body, region), true);
  assert.equal(pans({ inside: false }, body, region), false, 'a list scrolls');
});

test('what never ceases is still looked at now and then', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let runs = 0;
  const soon = debounce(() => { runs += 1; }, 800, 3000);
  for (let i = 0; i < 40; i += 1) { soon(); context.mock.timers.tick(200); } // 8 s of an event every 200 ms
  assert.equal(runs, 2, 'after 3 s and again 3 s later');
  context.mock.timers.tick(3000);
  assert.equal(runs, 3);
});
