import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cornerCount, joined, nearestCorner, polygonsOf } from '../../../geoapp/web/static/js/areas/shape.js';

const triangle = (x) => [[[x, 0], [x + 1, 0], [x, 1], [x, 0]]];
const polygon = (x) => ({ type: 'Polygon', coordinates: triangle(x) });

test('corners are counted without the one that closes the ring', () => {
  assert.equal(cornerCount(null), 0);
  assert.equal(cornerCount(polygon(0)), 3);
  assert.equal(cornerCount({ type: 'MultiPolygon', coordinates: [triangle(0), triangle(5)] }), 6);
});

test('a part added to a polygon makes two parts, one alone stays a polygon', () => {
  assert.equal(joined([null]), null);
  assert.deepEqual(joined([null, polygon(0)]), polygon(0));
  assert.deepEqual(joined([polygon(0), polygon(5)]), { type: 'MultiPolygon', coordinates: [triangle(0), triangle(5)] });
  assert.deepEqual(joined([joined([polygon(0), polygon(5)]), polygon(9)]).coordinates.length, 3);
});

test('of what is pasted only polygons count', () => {
  const feature = { type: 'Feature', geometry: polygon(0) };
  assert.deepEqual(polygonsOf(feature), polygon(0));
  assert.deepEqual(polygonsOf({ type: 'FeatureCollection', features: [feature, null, { type: 'Feature', geometry: null }] }), polygon(0));
  for (const nothing of [null, 7, 'x', {}, { type: 'Point', coordinates: [0, 0] }]) assert.equal(polygonsOf(nothing), null);
});

test('the nearest corner within reach is taken, of whichever neighbour', () => {
  const apart = (at) => ([lon, lat]) => Math.hypot(lon - at[0], lat - at[1]);
  const corners = [[0, 0], [10, 0], [10, 10]];
  assert.deepEqual(nearestCorner(corners, apart([8, 1]), 5), [10, 0]);
  assert.equal(nearestCorner(corners, apart([5, 5]), 5), null);
  assert.equal(nearestCorner([], apart([0, 0]), 5), null);
});
