import assert from 'node:assert/strict';
import test from 'node:test';

import { orderedBy } from '../../../geoapp/web/static/js/shared/ordered.js';
import { sortedAddress, valueOf, wayOf } from '../../../geoapp/web/static/js/statistics/sort.js';

test('rows without a value come last, whichever way', () => {
  const rows = ['3', '', '1', null, '2'];
  const value = (row) => valueOf(row, 'median');
  assert.deepEqual(orderedBy(rows, value, true), ['1', '2', '3', '', null]);
  assert.deepEqual(orderedBy(rows, value, false), ['3', '2', '1', '', null]);
});

test('equal rows keep their order, names follow the alphabet', () => {
  const rows = [{ n: 'b', v: 1 }, { n: 'A', v: 1 }, { n: 'c', v: 0 }];
  assert.deepEqual(orderedBy(rows, (row) => row.v, false).map((row) => row.n), ['b', 'A', 'c']);
  assert.deepEqual(orderedBy(rows, (row) => row.n, true).map((row) => row.n), ['A', 'b', 'c']);
});

test('counts begin with the largest, names and shares with the smallest; again turns it', () => {
  assert.equal(wayOf('overdue', null), 'down');
  assert.equal(wayOf('followed_up', null), 'up');
  assert.equal(wayOf('name', null), 'up');
  assert.equal(wayOf('overdue', 'descending'), 'up');
  assert.equal(wayOf('overdue', 'ascending'), 'down');
});

test('sorting leaves the filter in the address alone', () => {
  const there = new URL(sortedAddress('https://example.org/command/statistics?group=road&sort=month:open:up#month', 'agency', 'open', 'down'));
  assert.equal(there.searchParams.get('group'), 'road');
  assert.equal(there.searchParams.get('sort'), 'agency:open:down');
  assert.equal(there.hash, '');
});
