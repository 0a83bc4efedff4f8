// Steps of density from a whole city's cells.
import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.location = { pathname: '/', search: '' };
const { quantileSteps } = await import('../../../geoapp/web/static/js/map/steps.js');
const { step } = await import('../../../geoapp/web/static/js/map/picture.js');

const USUAL = [1, 2, 4, 6, 9, 13];
const oneTo = (n) => Array.from({ length: n }, (_, i) => i + 1);

test('few cells, or few complaints in each, keep the usual steps', () => {
  assert.deepEqual(quantileSteps([]), USUAL);
  assert.deepEqual(quantileSteps(oneTo(59)), USUAL);
  assert.deepEqual(quantileSteps(Array(500).fill(1)), USUAL);
  assert.deepEqual(quantileSteps([...Array(500).fill(1), 12]), USUAL);
});

test('steps are the quantiles of the counts, in whatever order they come', () => {
  // 1…1000: 35, 60, 77, 90 and 97 of 100 lie below 351, 601, 771, 901 and 971; two digits each.
  const wanted = [1, 350, 600, 770, 900, 970];
  assert.deepEqual(quantileSteps(oneTo(1000)), wanted);
  assert.deepEqual(quantileSteps(oneTo(1000).reverse()), wanted);
  // 1…100: 36, 61, 78, 91, 98, in fives.
  assert.deepEqual(quantileSteps(oneTo(100)), [1, 35, 60, 80, 90, 100]);
});

test('where most cells hold one complaint the steps still grow, from 1', () => {
  const steps = quantileSteps([...Array(970).fill(1), ...Array(30).fill(40)]);
  assert.deepEqual(steps, [1, 2, 3, 4, 5, 40]);
});

test('a count falls into the last step it reaches', () => {
  const steps = [1, 35, 60, 80, 90, 100];
  assert.deepEqual([1, 34, 35, 79, 99, 100, 5000].map((count) => step(count, steps)), [0, 0, 1, 2, 4, 5, 5]);
});
