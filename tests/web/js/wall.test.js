// The order in which the wall shows groups and alarms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, alarms, daysBetween, newAlarm, slidesOf } from '../../../geoapp/web/static/js/wall/slides.js';

const GROUPS = ['road', 'drainage', 'street_light', 'waste'].map((code) => ({ code }));
const open = (...codes) => new Map(codes.map((code) => [code, { open: 3, overdue: 1 }]));
const cluster = (group, confidence, count, west = 103) => ({ group, confidence, count, bbox: [west, -1.7, west + 0.01, -1.6] });
const keys = (slides) => slides.map(({ key }) => key);

test('groups with nothing open are left out, the others come in the order of the city', () => {
  const counts = new Map([['waste', { open: 2, overdue: 0 }], ['road', { open: 1, overdue: 1 }], ['drainage', { open: 0, overdue: 0 }]]);
  assert.deepEqual(keys(slidesOf(GROUPS, counts, new Map())), ['road', 'waste']);
});

test('a group has a slide for each of its alarms, the surest first and three at most', () => {
  const found = alarms([cluster('road', 95, 40), cluster('road', 99, 9), cluster('road', 99, 12), cluster('road', 95, 8), cluster('waste', 90, 99)]);
  const slides = slidesOf(GROUPS, open('road', 'waste'), found);
  assert.deepEqual(keys(slides), ['road/0', 'road/1', 'road/2', 'waste']);
  assert.deepEqual(slides.slice(0, 3).map(({ alarm }) => alarm.count), [12, 9, 40]);
  assert.deepEqual(slides.map(({ nth, of }) => `${nth}/${of}`), ['1/3', '2/3', '3/3', '0/0']);
  assert.deepEqual(slides[0].others.map(({ count }) => count), [9, 40]);
});

test('an alarm is shown though nothing of its group is open any more', () => {
  assert.deepEqual(keys(slidesOf(GROUPS, open('waste'), alarms([cluster('road', 99, 9)]))), ['road/0', 'waste']);
});

test('a city with nothing open has one slide', () => {
  const slides = slidesOf(GROUPS, new Map(), new Map());
  assert.deepEqual(keys(slides), ['']);
  assert.equal(after(slides, slides[0], GROUPS), slides[0]);
});

test('the show goes round, and on from where a group has gone', () => {
  const all = slidesOf(GROUPS, open('road', 'drainage', 'waste'), new Map());
  assert.equal(after(all, null, GROUPS).key, 'road');
  assert.equal(after(all, all[0], GROUPS).key, 'drainage');
  assert.equal(after(all, all[2], GROUPS).key, 'road');
  const fewer = slidesOf(GROUPS, open('road', 'waste'), new Map());
  assert.equal(after(fewer, all[1], GROUPS).key, 'waste', 'drainage has nothing left');
  assert.equal(after(slidesOf(GROUPS, open('road'), new Map()), all[2], GROUPS).key, 'road');
});

test('an alarm is new where none of its group lay before', () => {
  const before = alarms([cluster('road', 99, 9)]);
  assert.equal(newAlarm(alarms([cluster('road', 99, 12, 103.005)]), before), null, 'it has grown');
  assert.equal(newAlarm(alarms([cluster('road', 99, 9), cluster('road', 95, 7, 103.2)]), before)?.count, 7);
  assert.equal(newAlarm(alarms([cluster('waste', 99, 5)]), before)?.group, 'waste');
  assert.equal(newAlarm(new Map(), before), null);
});

test('days are counted between moments with their zones', () => {
  assert.equal(daysBetween('2026-11-01T00:00:00+07:00', '2026-11-30T17:00:00Z'), 30);
});
