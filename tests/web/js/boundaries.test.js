import assert from 'node:assert/strict';
import { test } from 'node:test';

import { closed, ground, inside, roomy, step } from '../../../geoapp/web/static/js/boundaries/rules.js';
import { ordered } from '../../../geoapp/web/static/js/boundaries/sort.js';

test('of two signs that touch the more important one has its number', () => {
  const places = [{ x: 100, y: 100 }, { x: 110, y: 100 }, { x: 140, y: 100 }];
  assert.deepEqual(roomy(places, -1, 30), [true, false, true]);
});

test('the chosen sign has its number whatever lies beside it', () => {
  const places = [{ x: 100, y: 100 }, { x: 110, y: 100 }];
  assert.deepEqual(roomy(places, 1, 30), [false, true]);
});

test('signs on either side of a cell of the grid still see each other', () => {
  assert.deepEqual(roomy([{ x: 59, y: -1 }, { x: 61, y: 1 }], -1, 30), [true, false]);
  assert.deepEqual(roomy([{ x: -31, y: 0 }, { x: -1, y: 0 }], -1, 30), [true, true]);
});

test('ground that moved is told in steps of a tenth and a half of the area', () => {
  const area = (moved) => step({ moved_km2: moved, area_m2: 1e6 });
  assert.deepEqual([0.01, 0.0999, 0.1, 0.49, 0.5, 2].map(area), [1, 1, 2, 2, 3, 3]);
  assert.equal(step({ moved_km2: 1, area_m2: null }), 3);
});

const row = (name, count) => ({ cells: [{ textContent: ` ${name} `, dataset: {} }, { textContent: '', dataset: { value: String(count) } }] });
const names = (rows) => rows.map(({ cells }) => cells[0].textContent.trim());

test('rows are sorted by figures as figures and by names as people read them', () => {
  const rows = () => [row('Rawa Sari', 9), row('Aur Kenali', 10), row('Legok', 100)];
  assert.deepEqual(names(ordered(rows(), 1, true, false)), ['Legok', 'Aur Kenali', 'Rawa Sari']);
  assert.deepEqual(names(ordered(rows(), 0, false, true)), ['Aur Kenali', 'Legok', 'Rawa Sari']);
});

test('ground is told without a zero where there is some, and gaps under a size are counted', () => {
  assert.equal(ground(0.004), '< 1 m²');
  assert.equal(ground(0), '0 m²');
  assert.match(ground(7.6), /^8 m²$/);
  assert.equal(closed([0.5, 10, 10.5, 2653], 10.5), 2);
  assert.equal(closed([0.5, 10], 0), 0);
});

test('a sign that would touch a name is a small one', () => {
  const box = { left: 100, right: 180, top: 50, bottom: 64 };
  assert.equal(inside({ x: 140, y: 70 }, box), true);
  assert.equal(inside({ x: 140, y: 78 }, box), false);
  assert.equal(inside({ x: 86, y: 57 }, box), false);
});
