// The rules of the entry page, without a browser: what is read, what is asked for, what is sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const js = '../../../geoapp/web/static/js/entry';
const { afterChannel, attemptOf, channelOfKey, emptyEntry, faults, fieldOf, junkBody, momentOf, requestBody, withLast, withoutPerson } = await import(`${js}/form.js`);
const { matchingAreas, readCoordinates } = await import(`${js}/place.js`);

const JAMBI = [103.61, -1.61];
const BOSTON = [-71.06, 42.36];
const pothole = { code: 'pothole', needs_place: true };

test('coordinates are read in both orders, and the order is told', () => {
  const latFirst = { lon: 103.6, lat: -1.6, order: 'lat_lon' };
  const lonFirst = { lon: 103.6, lat: -1.6, order: 'lon_lat' };
  for (const text of ['-1.6, 103.6', '-1.6 103.6', '-1.6;103.6', '-1.6,103.6', '-1,6 103,6']) {
    assert.deepEqual(readCoordinates(text, JAMBI), latFirst, text);
  }
  assert.deepEqual(readCoordinates('103.6, -1.6', JAMBI), lonFirst);
  assert.deepEqual(readCoordinates('https://maps.example/@-1.61234,103.61234,17z', JAMBI), { lon: 103.61234, lat: -1.61234, order: 'lat_lon' });
  // Both could be a latitude there: the order that lies nearer to the city is meant.
  assert.deepEqual(readCoordinates('42.35, -71.05', BOSTON), { lon: -71.05, lat: 42.35, order: 'lat_lon' });
  assert.deepEqual(readCoordinates('-71.05, 42.35', BOSTON), { lon: -71.05, lat: 42.35, order: 'lon_lat' });
});

test('what is no pair of coordinates is none', () => {
  for (const text of ['', 'Legok', 'RT 05', 'Jl. Merdeka 12, 14', '999.5, 999.5', '-1.6']) {
    assert.equal(readCoordinates(text, JAMBI), null, text);
  }
});

test('a kelurahan is found by its name, with or without the word for it', () => {
  const area = (name, parent) => ({ properties: { name, parent_name: parent } });
  const all = [area('Legok', 'Danau Sipin'), area('Solok Sipin', 'Danau Sipin'), area('Jelutung', 'Jelutung'), area('Kebun Handil', 'Jelutung')];
  const names = (text) => matchingAreas(all, text).map(({ properties }) => properties.name);
  assert.deepEqual(names('leg'), ['Legok']);
  assert.deepEqual(names('Kel. Legok'), ['Legok']);
  assert.deepEqual(names('jelutung'), ['Jelutung', 'Kebun Handil']);
  assert.deepEqual(names('solok, danau sipin'), ['Solok Sipin']);
  assert.deepEqual(names('tidak ada'), []);
  assert.deepEqual(names('  '), []);
});

test('number keys choose channels, and each begins where its work begins', () => {
  assert.deepEqual(['1', '2', '5', '6', '0', 'a'].map(channelOfKey), ['call_112', 'media', 'sp4n', null, null, null]);
  assert.equal(afterChannel('media'), 'source');
  assert.equal(afterChannel('call_112'), 'service');
});

test('a typed time is the city\'s, not the laptop\'s', () => {
  assert.equal(momentOf('2026-11-19T08:42', 'Asia/Jakarta'), '2026-11-19T01:42:00.000Z');
  assert.equal(momentOf('2026-07-01T12:00', 'America/New_York'), '2026-07-01T16:00:00.000Z');
  assert.equal(momentOf('', 'Asia/Jakarta'), null);
});

test('what is missing is named before the server is asked', () => {
  const now = Date.parse('2026-11-19T01:42:00Z');
  const ask = (change, service = pothole) => faults({ ...emptyEntry(), text: 'Lubang besar', place: {}, ...change }, service, now, 'Asia/Jakarta');
  assert.deepEqual(ask({}), {});
  assert.deepEqual(ask({ text: '  Lubang ' }), { text: 'entry_need_text' });
  assert.deepEqual(ask({ place: null }), { place: 'entry_need_place' });
  assert.deepEqual(ask({ place: null }, { needs_place: false }), {});
  assert.deepEqual(ask({}, null), { service: 'entry_need_service' });
  assert.deepEqual(ask({ channel: 'media' }), { source: 'entry_need_link' });
  assert.deepEqual(ask({ channel: 'media', source: 'https://example.org/1' }), {});
  assert.deepEqual(ask({ came: '2026-11-19T08:42' }), {});
  assert.deepEqual(ask({ came: '2026-11-19T09:42' }), { came: 'entry_future' });
});

test('only what was said is sent', () => {
  const entry = {
    ...emptyEntry(), channel: 'letter', service: 'pothole', text: ' Lubang besar \n', number: ' 45 ', source: 'Surat',
    came: '2026-11-19T08:42', place: { kind: 'point', lon: 103.6, lat: -1.6, kelurahan: null }, confidential: true,
  };
  assert.deepEqual(requestBody(entry, 'Asia/Jakarta'), {
    channel: 'letter', service: 'pothole', description: 'Lubang besar', source: 'Surat', external_id: '45',
    submitted_at: '2026-11-19T01:42:00.000Z', lon: 103.6, lat: -1.6, confidential: true,
  });
  const area = requestBody({ ...entry, place: { kind: 'area', kelurahan: '15.71.01.1001' } }, 'Asia/Jakarta');
  assert.equal(area.kelurahan, '15.71.01.1001');
  assert.equal('lon' in area, false);
  const called = { ...entry, caller: ' Siti ', phone: '0812 3456 7890' };
  assert.deepEqual(requestBody(called, 'Asia/Jakarta').contact, { name: 'Siti', phone: '0812 3456 7890' });
  assert.equal(junkBody(called).contact, undefined);
  assert.deepEqual(withoutPerson(called), { ...called, caller: '', phone: '', email: '' });
  assert.equal(fieldOf('contact.email'), 'email');
  assert.deepEqual(junkBody(emptyEntry()), { channel: 'call_112' });
  assert.deepEqual(junkBody({ ...emptyEntry(), text: ' tawa ', number: '7' }), { channel: 'call_112', words: 'tawa', external_id: '7' });
});

test('the same entry keeps its key, a changed one gets another', () => {
  let made = 0;
  const newKey = () => `key-${made += 1}`;
  const first = attemptOf(null, { a: 1 }, newKey);
  assert.equal(attemptOf(first, { a: 1 }, newKey).key, 'key-1');
  assert.equal(attemptOf(first, { a: 2 }, newKey).key, 'key-2');
});

test('faults of the server are shown at the field that was typed in', () => {
  assert.deepEqual(['lon', 'kelurahan', 'external_id', 'submitted_at', 'description', 'source'].map(fieldOf),
    ['place', 'place', 'number', 'came', 'text', 'source']);
});

test('the newest entry stands first, eight are kept', () => {
  let list = [];
  for (let n = 1; n <= 10; n += 1) list = withLast(list, { ticket: `T-${n}` });
  assert.deepEqual([list.length, list[0].ticket, list[7].ticket], [8, 'T-10', 'T-3']);
});
