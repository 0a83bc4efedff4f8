// The parts of the live map that decide something, without a browser. Expected values are arithmetic
// on published formulas (slippy map tiles) or stated in the comments, never the code's own output.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PbfWriter } from 'pbf';

globalThis.location = { pathname: '/', search: '' };
const { faulty, query, read, without, write } = await import('../../../geoapp/web/static/js/map/state.js');
const { covering, decode, tileZoom, world } = await import('../../../geoapp/web/static/js/map/tiles.js');
const { picture, step } = await import('../../../geoapp/web/static/js/map/picture.js');
const { accepts } = await import('../../../geoapp/web/static/js/map/rules.js');
const { parseView } = await import('../../../geoapp/web/static/js/shared/pagestate.js');
const { TICKET_LETTERS, asTicket } = await import('../../../geoapp/web/static/js/map/search.js');

test('the address bar survives a round trip', () => {
  const text = '?map=13/-1.6125/103.6105&group=road,tree&status=overdue&since=P90D&q=a%26b&layers=density,hotspots&open=JBI-4HK9-7QXC';
  const state = read(text);
  assert.deepEqual(state.group, ['road', 'tree']);
  assert.equal(state.q, 'a&b');
  assert.deepEqual(state.map, { zoom: 13, lat: -1.6125, lon: 103.6105 });
  assert.deepEqual(Object.fromEntries(new URLSearchParams(write(state))), Object.fromEntries(new URLSearchParams(text)));
});

test('what the server would refuse is dropped, and the address corrected', () => {
  const refused = {
    since: ['banana', 'all', 'P', 'PT', 'P1M', '2026-02-31', '1969-12-31', '2026-03-01T08:00', 'P36526D', '-P1D'],
    status: ['nonsense', 'open,nonsense', 'submitted,', 'ALL'],
    bbox: ['1,2,3', '3,2,1,4', '1,2,3,x', '1,2,3,99', '1,2,,4', '1e2,2,103,4'],
    group: ['x y', '-road'], kelurahan: ["'; --"], kecamatan: ['15.71.01,'], service: ['a,b'], agency: ['..'],
    q: ['a '.repeat(9), 'a'.repeat(101)], layers: ['heat', 'density,heat'],
  };
  for (const [key, values] of Object.entries(refused)) {
    for (const value of values) {
      const search = `?${key}=${encodeURIComponent(value)}`;
      if (key !== 'layers') assert.equal(read(search)[key].length, 0, search);
      assert.equal(faulty(search), true, search);
    }
  }
  assert.deepEqual([...read('?layers=density,heat').layers], ['points', 'density']);
  assert.deepEqual(read('?group=road,x%20y,road').group, ['road']);
});

test('what the server takes is kept', () => {
  const taken = {
    since: ['P90D', 'P2W', 'PT12H', 'P1DT30M', '2026-03-01', '2024-02-29', '2026-03-01T08:00:00+07:00', '2026-03-01T01:00:00.5Z'],
    status: ['submitted', 'submitted,verified', 'overdue', 'done', 'all', 'duplicate'],
    bbox: ['103.5,-1.7,103.7,-1.5'], kelurahan: ['15.71.01.1001'], q: ['jalan berlubang & gelap'],
  };
  for (const [key, values] of Object.entries(taken)) {
    for (const value of values) {
      const search = `?${key}=${encodeURIComponent(value)}`;
      assert.equal(String(read(search)[key]), value, search);
      assert.equal(faulty(search), false, search);
    }
  }
  assert.equal(faulty('?map=13/-1.6/103.6&lang=en&open=JBI-4HK9-7QXC'), false, 'other parts are no matter');
});

test('a refusal of the server leads to the filter it is about', () => {
  assert.deepEqual(without('since'), { since: '' });
  assert.deepEqual(without('group'), { group: [] });
  assert.deepEqual(without('overdue'), { status: '' });
  assert.equal(without('cursor'), null);
});

test('a view that is no place on earth is ignored', () => {
  for (const text of ['', 'x/y/z', '13/-1.6', '13/95/103', '13/-1.6/203', 'NaN/0/0', '99/0/0']) assert.equal(parseView(text), null, text);
});

test('points can be switched off and stay off', () => {
  const state = read('?layers=-points,density');
  assert.deepEqual([...state.layers], ['density']);
  assert.match(write(state), /layers=density,-points/);
});

test('the map draws just resolved complaints, the list only open ones, a chosen status rules both', () => {
  assert.equal(query('tiles', read('')).status, 'current');
  assert.equal(query('list', read('')).status, 'open');
  assert.equal(query('summary', read('')).status, undefined);
  for (const use of ['tiles', 'list']) assert.equal(query(use, read('?status=done')).status, 'done');
  assert.deepEqual(query('tiles', read('?status=overdue')), { overdue: 'true' });
  assert.equal(query('tiles', read('?bbox=1,2,3,4')).bbox, undefined);
});

test('tile numbers agree with the slippy map formula', () => {
  // n = 2^12: x = floor((103.6105+180)/360*4096) = 3226; y = floor((1-asinh(tan(-1.6125°))/π)/2*4096) = 2066
  assert.deepEqual(covering(12, [103.6105, -1.6125, 103.6105, -1.6125], null), ['12/3226/2066']);
  assert.deepEqual(covering(12, [103.6, -1.62, 103.62, -1.6], [110, 0, 111, 1]), []);
  assert.deepEqual([9, 11, 12, 13, 17, 19].map(tileZoom), [8, 10, 12, 12, 16, 16]);
});

/** A tile with one layer of points, written by hand as the vector tile specification 2.1 says. */
function tile(name, features) {
  const pbf = new PbfWriter();
  const keys = [...new Set(features.flatMap(({ properties }) => Object.keys(properties)))];
  const values = [...new Set(features.flatMap(({ properties }) => Object.values(properties)))];
  pbf.writeMessage(3, (_, layer) => {
    layer.writeVarintField(15, 2);
    layer.writeStringField(1, name);
    for (const { x, y, properties } of features) {
      layer.writeMessage(2, (__, feature) => {
        feature.writePackedVarint(2, Object.entries(properties).flatMap(([key, value]) => [keys.indexOf(key), values.indexOf(value)]));
        feature.writeVarintField(3, 1);
        feature.writePackedVarint(4, [9, (x << 1) ^ (x >> 31), (y << 1) ^ (y >> 31)]);
      }, null);
    }
    for (const key of keys) layer.writeStringField(3, key);
    for (const value of values) {
      layer.writeMessage(4, (__, entry) => (typeof value === 'string' ? entry.writeStringField(1, value) : entry.writeVarintField(4, value)), null);
    }
    layer.writeVarintField(5, 4096);
  }, null);
  return pbf.finish();
}

test('a point lies where its tile coordinates say, and the buffer of a tile is left to the neighbour', () => {
  const inside = { x: 2048, y: 1024, properties: { ticket: 'A', status: 'submitted', group: 'road' } };
  const outside = { x: -5, y: 10, properties: { ticket: 'B', status: 'submitted', group: 'road' } };
  const { points, asCells } = decode(tile('points', [inside, outside]), '1/1/0');
  assert.equal(asCells, false);
  assert.equal(points.length, 1);
  assert.deepEqual([points[0].wx, points[0].wy], [0.75, 0.125]); // (1 + ½)/2 and (0 + ¼)/2
});

test('a cell is named by its lower left corner', () => {
  // Tile 1/0/1, corner at x=128, y=192: column 2 of the tile; above y=192 lies row 2 of the tile, plus 64.
  const { cells, grid, asCells } = decode(tile('cells', [{ x: 128, y: 192, properties: { count: 5, overdue: 1 } }]), '1/0/1');
  assert.equal(asCells, true);
  assert.equal(grid, 7);
  assert.deepEqual(cells, [{ column: 2, row: 66, count: 5, overdue: 1 }]);
});

const at = (ticket, wx, wy, more = {}) => ({ ticket, wx, wy, status: 'submitted', submitted: 1, group: 'road', ...more });
const asTile = (points, cells = [], grid = 18) => ({ key: '12/0/0', points, cells, grid, asCells: cells.length > 0 });

test('one tile of cells turns the whole view into cells and loses no complaint', () => {
  const drawn = picture([asTile([at('A', 0.5, 0.5), at('B', 0.1, 0.1)]), asTile([], [{ column: 8, row: 8, count: 7, overdue: 2 }])], 13);
  assert.equal(drawn.mode, 'cells');
  assert.equal(drawn.total, 9);
  assert.equal(drawn.points.length, 0);
});

test('zoom 11 and more than 3,000 points are drawn as cells', () => {
  assert.equal(picture([asTile([at('A', 0.5, 0.5)])], 11).mode, 'cells');
  const many = Array.from({ length: 3001 }, (_, i) => at(`T${i}`, i / 4000, 0.5));
  assert.equal(picture([asTile(many)], 13).mode, 'cells');
  assert.equal(picture([asTile(many.slice(1))], 13).mode, 'points');
});

test('complaints at one place become one point that keeps the most urgent face, overdue on top', () => {
  const now = Date.parse('2026-11-19T01:42:00Z');
  const late = { due: now / 1000 - 60 };
  const { points } = picture([asTile([
    at('A', 0.5, 0.5, late), at('B', 0.5, 0.5, { status: 'resolved' }), at('C', 0.2, 0.2), at('D', 0.3, 0.3, { ...late, status: 'on_hold' }),
  ])], 15, now);
  assert.deepEqual(points.map((point) => point.ticket), ['C', 'D', 'A']);
  assert.deepEqual(points.at(-1).tickets, ['A', 'B']);
  assert.equal(points.at(-1).over, true);
  assert.equal(points[1].over, false, 'a paused deadline is not overdue');
});

test('the same complaint in two tiles is drawn once', () => {
  assert.equal(picture([asTile([at('A', 0.5, 0.5)]), asTile([at('A', 0.5, 0.5)])], 13).points.length, 1);
});

test('the usual density steps are 1, 2, 4, 6, 9, 13', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 8, 9, 12, 13, 900].map((count) => step(count)), [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
});

test('a new complaint enters the list only when the filters want it', () => {
  const areas = { find: (code) => (code === 'k1' ? { parent: 'p1' } : null) };
  const complaint = { group: 'road', status: 'submitted', kelurahan: { code: 'k1' }, lon: 103.6, lat: -1.6 };
  const wants = (search) => accepts(read(search), complaint, areas);
  for (const yes of ['', '?group=road,tree', '?kelurahan=k1', '?kecamatan=p1', '?status=submitted', '?status=all', '?bbox=103,-2,104,-1']) assert.equal(wants(yes), true, yes);
  for (const no of ['?group=tree', '?kelurahan=k2', '?kecamatan=p2', '?status=done', '?status=overdue', '?bbox=100,-2,101,-1', '?q=lubang']) assert.equal(wants(no), false, no);
});

test('a ticket is recognised however it is typed', () => {
  for (const typed of ['jbi 4hk9 7qxc', ' JBI-4HK9-7QXC ', 'jbi4hk97qxc', 'JBI–4HK9–7QXC', '4hk9 7qxc']) {
    assert.equal(asTicket(typed, 'JBI'), 'JBI-4HK9-7QXC', typed);
  }
  // Another city's, an old form, letters no ticket has (0, 2, I), words.
  for (const typed of ['BDG-4HK9-7QXC', 'JBI-4183-K7', 'JBI-4HK0-7QXC', 'JBI-4K7M-2QHT', 'JBI-4HI9-7QXC', 'jalan berlubang', 'MACETTAK']) {
    assert.equal(asTicket(typed, 'JBI'), null, typed);
  }
  assert.equal(asTicket('bdg 4hk9 7qxc'), 'BDG-4HK9-7QXC', 'any prefix where no city is known');
  assert.equal(asTicket('Talang Gulo'), null);
});

test('ticket letters are those the server draws from', () => {
  const server = readFileSync(new URL('../../../geoapp/domain/complaint.py', import.meta.url), 'utf8');
  assert.equal(TICKET_LETTERS, /^TICKET_LETTERS = "(\w+)"$/m.exec(server)[1]);
});

test('unit square: the corner and the middle of the world', () => {
  assert.deepEqual(world(0, 0), [0.5, 0.5]);
  assert.deepEqual(world(-180, 0), [0, 0.5]);
});
