import assert from 'node:assert/strict';
import { test } from 'node:test';

const { filtered, nothing, query, read, shade, without, write } = await import('../../../geoapp/web/static/js/command/state.js');
const { statusText, statuses } = await import('../../../geoapp/web/static/js/command/names.js');
const { area, simplify, untangle } = await import('../../../geoapp/web/static/js/command/loop.js');
const { windowOf } = await import('../../../geoapp/web/static/js/command/play.js');

test('an empty address shows what is open of 90 days, and is written as nothing', () => {
  const state = read('');
  assert.deepEqual(query('list', state), { status: 'open', since: 'P90D' });
  assert.deepEqual([...state.layers], ['points', 'hotspots', 'alarms']);
  assert.equal(write(state), '');
  assert.deepEqual(filtered(state), []);
});

test('every part of the address is read and written as it was', () => {
  const address = '?map=13/-1.6125/103.6105&group=road,waste&service=pothole&agency=dlh&kecamatan=15.71.01&kelurahan=15.71.01.1001&deadline=overdue,paused'
    + '&channel=web&status=assigned,in_progress&since=2026-09-01&until=2026-09-30&q=lampu%20padam&polygon=103.6,-1.6,103.7,-1.6,103.7,-1.5&bbox=103.6,-1.7,103.7,-1.6'
    + '&colour=deadline&layers=points,shade:overdue_share,service_areas&open=JBI-4183-K79C';
  assert.equal(write(read(address)), address);
});

test('any time is an empty since, which is not the same as none', () => {
  assert.deepEqual(query('tiles', read('?since=')), { status: 'open' });
  assert.equal(write(read('?since=')), '?since=');
});

test('what the server would refuse is left out', () => {
  const state = read('?status=gone&since=2026-02-31&deadline=soon&channel=<b>&polygon=1,2,3&colour=pink&layers=points,shade:luck&open=<b>&group=a%20b&until=P3D');
  assert.equal(write(state), '?layers=points');
});

test('one shade at a time: the last one named holds', () => {
  const state = read('?layers=points,shade:count,shade:per_km2');
  assert.equal(shade(state), 'per_km2');
  assert.equal(write(state), '?layers=points,shade:per_km2');
});

test('a box picked on the map narrows the list alone', () => {
  const state = read('?bbox=103.6,-1.7,103.7,-1.6&polygon=103.6,-1.6,103.7,-1.6,103.7,-1.5');
  assert.equal(query('list', state).bbox, '103.6,-1.7,103.7,-1.6');
  for (const use of ['tiles', 'summary', 'shades', 'daily']) assert.equal(query(use, state).bbox, undefined);
  assert.equal(query('tiles', state).polygon, '103.6,-1.6,103.7,-1.6,103.7,-1.5');
});

test('taking filters away leaves the view and its layers', () => {
  const state = { ...read('?map=13/-1.6/103.6&group=road&status=all&layers=density'), ...nothing() };
  assert.equal(write(state), '?map=13/-1.6000/103.6000&layers=density');
  assert.deepEqual(without('group'), { group: [] });
  assert.deepEqual(without('since'), { since: 'P90D' });
  assert.equal(without('limit'), null);
});

test('statuses are named by the shortest text', () => {
  assert.equal(statusText(statuses('open')), 'open');
  assert.equal(statusText(['closed', 'resolved']), 'done');
  assert.equal(statusText(statuses('all')), 'all');
  assert.equal(statusText(['on_hold', 'submitted']), 'submitted,on_hold');
  assert.equal(statusText([]), 'open');
});

test('a line that overshoots its start becomes one loop', () => {
  // A square of 10, drawn on beyond its first corner: the tail is cut where it crosses.
  const ring = untangle([[0, 0], [10, 0], [10, 10], [0, 10], [0, -3], [2, -3], [2, 2]]);
  assert.equal(Math.abs(area(ring)) > 90, true);
  assert.deepEqual(untangle(ring), ring);
});

test('of a figure of eight the larger loop stays', () => {
  // Two triangles that meet at (4, 4): one of 16, one of 4.
  const ring = untangle([[0, 0], [6, 6], [6, 2], [0, 8]]);
  assert.equal(Math.abs(area(ring)), 16);
});

test('a ring is thinned to as many corners as an address holds', () => {
  const circle = Array.from({ length: 500 }, (_, i) => [100 * Math.cos((i * Math.PI) / 250), 100 * Math.sin((i * Math.PI) / 250)]);
  const thin = simplify(circle, 60);
  assert.equal(thin.length <= 60 && thin.length > 10, true);
  assert.equal(Math.abs(Math.abs(area(thin)) / (Math.PI * 100 ** 2) - 1) < 0.02, true);
});

test('the window of the play back ends with its day and does not begin before the first', () => {
  const days = ['2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04'].map((day) => ({ day }));
  assert.deepEqual(windowOf(days, 3, 2), { since: '2026-11-03', until: '2026-11-04' });
  assert.deepEqual(windowOf(days, 1, 7), { since: '2026-11-01', until: '2026-11-02' });
});
