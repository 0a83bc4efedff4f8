// Names on the map, and the outline of hotspots: geometry that can be checked by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.window = { innerWidth: 1440, L: {} };
globalThis.getComputedStyle = () => ({ getPropertyValue: () => 'sans-serif' });
globalThis.document = { documentElement: {}, getElementById: () => null };
globalThis.location ??= { pathname: '/', search: '' };
globalThis.window.addEventListener = () => {};
const { place, split } = await import('../../../geoapp/web/static/js/map/labels.js');
const { outline, strongest } = await import('../../../geoapp/web/static/js/map/hotspots.js');

const ctx = { measureText: (text) => ({ width: text.length * 6 }) };
const ZOOM = 13;
const SCALE = 256 * 2 ** ZOOM;

/** A square area of *side* pixels at zoom 13 with its corner at x, y. */
function square(name, x, y, side, parent = 'p') {
  const ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]].map((point) => point.map((value) => value / SCALE));
  return { code: name, name, parent, rings: [ring], box: [-180, -85, 180, 85], label: [(x + side / 2) / SCALE, (y + side / 2) / SCALE], size: side * side };
}

const areas = (kelurahan, kecamatan = []) => ({ kelurahan, kecamatan });
const overlap = (a, b) => a.box[0] < b.box[2] && a.box[2] > b.box[0] && a.box[1] < b.box[3] && a.box[3] > b.box[1];
const none = { points: [], selected: null };

test('no two names overlap, whatever the crowd', () => {
  const crowd = Array.from({ length: 60 }, (_, i) => square(`Kampung Nomor ${i}`, 1000 + (i % 10) * 34, 1000 + Math.floor(i / 10) * 30, 60));
  const placed = place(areas(crowd), none, ZOOM, ctx);
  assert.ok(placed.length > 5 && placed.length < 60, `${placed.length} placed`);
  for (const [i, a] of placed.entries()) for (const b of placed.slice(i + 1)) assert.equal(overlap(a, b), false, `${a.lines} / ${b.lines}`);
});

test('a kelurahan name moves aside for a point, and is dropped when there is no room', () => {
  const area = square('Legok', 1000, 1000, 160);
  const at = (x, y) => ({ wx: x / SCALE, wy: y / SCALE });
  const [free] = place(areas([area]), none, ZOOM, ctx);
  assert.deepEqual(free.at, area.label);
  const [moved] = place(areas([area]), { points: [at(1080, 1080)], selected: null }, ZOOM, ctx);
  assert.notDeepEqual(moved.at, area.label);
  const full = Array.from({ length: 400 }, (_, i) => at(1000 + (i % 20) * 8, 1000 + Math.floor(i / 20) * 8));
  assert.deepEqual(place(areas([area]), { points: full, selected: null }, ZOOM, ctx), []);
});

test('a kecamatan keeps its name even under points, and claims before its kelurahan', () => {
  const kecamatan = square('Danau Sipin', 1000, 1000, 160);
  const child = square('Legok', 1060, 1060, 40);
  const full = Array.from({ length: 400 }, (_, i) => ({ wx: (1000 + (i % 20) * 8) / SCALE, wy: (1000 + Math.floor(i / 20) * 8) / SCALE }));
  const placed = place(areas([child], [kecamatan]), { points: full, selected: null }, ZOOM, ctx);
  assert.deepEqual(placed.map((label) => label.lines), [['DANAU', 'SIPIN']]);
});

test('kelurahan names wait for zoom 13', () => {
  assert.equal(place(areas([square('Legok', 500, 500, 80)]), none, 12.25, ctx).length, 0);
});

test('names stand on at most two lines of similar length', () => {
  assert.deepEqual(split('Simpang III Sipin'), ['Simpang', 'III Sipin']);
  assert.deepEqual(split('Telanaipura'), ['Telanaipura']);
  assert.deepEqual(split('Kenali Asam Bawah'), ['Kenali', 'Asam Bawah']);
});

test('the outline of two hexagons that share an edge has ten edges', () => {
  const hexagon = (cx) => {
    const corners = [0, 1, 2, 3, 4, 5].map((i) => [cx + Math.cos(Math.PI / 6 + (i * Math.PI) / 3), Math.sin(Math.PI / 6 + (i * Math.PI) / 3)]);
    return { geometry: { type: 'Polygon', coordinates: [[...corners, corners[0]]] } };
  };
  assert.equal(outline([hexagon(0)]).length, 6);
  assert.equal(outline([hexagon(0), hexagon(Math.sqrt(3))]).length, 10); // 12 edges, one shared by both
  assert.deepEqual(outline([]), []);
});

test('a cell that is hot for two groups is drawn once, with the surer one', () => {
  const cell = (x, group, confidence) => ({ properties: { group, confidence }, geometry: { type: 'Polygon', coordinates: [[[x, 0], [x + 1, 0], [x + 1, 1], [x, 0]]] } });
  const drawn = strongest([cell(0, 'road', 95), cell(0, 'drainage', 99), cell(0, 'water', 90), cell(1, 'road', 90)]);
  assert.deepEqual(drawn.map(({ properties }) => [properties.group, properties.confidence]), [['drainage', 99], ['road', 90]]);
});
