// The rules of the report page, without a browser: what is kept, what is sent, which screen follows.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const js = '../../../geoapp/web/static/js/report';
const { descriptionFits, emptyDraft, loadDraft, nextAttempt, requestBody, saveDraft } = await import(`${js}/draft.js`);
const { following, mustConfirm, permitted, preceding, screenOf, screenOfField } = await import(`${js}/flow.js`);
const { openOffer, photoTime } = await import(`${js}/offer.js`);
const { contactProblems, whoSees } = await import(`${js}/contact.js`);
const { masked } = await import(`${js}/notify.js`);
const { together } = await import(`${js}/around.js`);
const { afterStatus, refusedAtOnce } = await import(`${js}/../shared/photos.js`);
const { edgeZoom, nearestEdge } = await import(`${js}/pinmap.js`);
const { frequent, grouped, matching } = await import(`${js}/services.js`);

const pothole = { code: 'pothole', needs_place: true };
const permit = { code: 'permit', needs_place: false };
const text = 'Lubang besar di tengah jalan';
const pin = { kind: 'point', lon: 103.602, lat: -1.602, zoom: 17, accuracy_m: 39.6 };
const doubtful = { ...pin, located: { confirm: { needed: true } } };

/** A Storage in memory; `full` refuses every write, as a phone without room does. */
function memory({ full = false } = {}) {
  const held = new Map();
  return {
    getItem: (key) => held.get(key) ?? null,
    setItem(key, value) {
      if (full) throw new Error('QuotaExceededError');
      held.set(key, value);
    },
  };
}

test('a draft comes back as it was kept, for its own city only', () => {
  const storage = memory();
  const draft = { ...emptyDraft(), service: 'pothole', description: text, place: pin };
  assert.equal(saveDraft(storage, '15.71', draft), true);
  assert.deepEqual(loadDraft(storage, '15.71'), draft);
  assert.deepEqual(loadDraft(storage, '17.06'), emptyDraft());
});

test('a phone that keeps nothing says so, and broken drafts count as none', () => {
  assert.equal(saveDraft(memory({ full: true }), '15.71', emptyDraft()), false);
  assert.equal(saveDraft(null, '15.71', emptyDraft()), false);
  const storage = memory();
  storage.setItem('geoapp.report.15.71', '{"version": 1, "serv');
  assert.deepEqual(loadDraft(storage, '15.71'), emptyDraft());
});

test('the same report keeps its key, an edited one gets another', () => {
  let made = 0;
  const newKey = () => `key-${made += 1}`;
  const draft = { ...emptyDraft(), service: 'pothole', place: pin, description: text };
  draft.attempt = nextAttempt(draft, newKey);
  assert.equal(nextAttempt(draft, newKey).key, 'key-1');
  draft.description += ' lagi';
  assert.equal(nextAttempt(draft, newKey).key, 'key-2');
});

test('only what was said is sent', () => {
  const draft = { ...emptyDraft(), service: 'pothole', place: pin, description: `  ${text} \n`, landmark: '  ' };
  assert.deepEqual(requestBody(draft), {
    service: 'pothole', description: text, lon: 103.602, lat: -1.602, accuracy_m: 40,
  });
  draft.place = { kind: 'area', kelurahan: '15.71.01.1001', name: 'Simpang IV Sipin' };
  draft.confidential = true;
  assert.deepEqual(requestBody(draft), {
    service: 'pothole', description: text, kelurahan: '15.71.01.1001', confidential: true,
  });
});

test('a description has 10 to 2,000 characters, blanks around it not counted', () => {
  assert.equal(descriptionFits(`   ${'a'.repeat(9)}   `), false);
  assert.equal(descriptionFits('a'.repeat(10)), true);
  assert.equal(descriptionFits('a'.repeat(2000)), true);
  assert.equal(descriptionFits('a'.repeat(2001)), false);
  assert.equal(descriptionFits('🕳'.repeat(9)), false); // nine characters, eighteen UTF-16 units
});

test('no screen is shown before the questions it rests on are answered', () => {
  const draft = emptyDraft();
  assert.equal(permitted('check', draft, null, false), 'what');
  assert.equal(permitted('check', draft, pothole, false), 'where');
  draft.place = doubtful;
  assert.equal(permitted('check', draft, pothole, false), 'confirm');
  draft.place = { ...doubtful, answered: true };
  assert.equal(permitted('check', draft, pothole, false), 'describe');
  draft.description = text;
  assert.equal(permitted('check', draft, pothole, false), 'check');
  draft.place = { ...pin, outside: { message: 'Di luar kota' } };
  assert.equal(permitted('check', draft, pothole, false), 'where');
  assert.equal(permitted('sent', emptyDraft(), null, true), 'sent');
});

test('what needs no place is never asked for one', () => {
  assert.equal(following('what', emptyDraft(), permit), 'describe');
  assert.equal(permitted('describe', emptyDraft(), permit, false), 'describe');
  assert.equal(preceding('describe', emptyDraft()), 'what');
});

test('a photo comes first, what is alike after the place, and only where something is', () => {
  assert.equal(following('photo', emptyDraft(), null), 'what');
  assert.equal(preceding('what', emptyDraft()), 'photo');
  const draft = { ...emptyDraft(), place: { ...doubtful, answered: true } };
  assert.equal(following('where', draft, pothole, true), 'alike');
  assert.equal(following('where', draft, pothole, false), 'describe');
  assert.equal(following('confirm', draft, pothole, true), 'alike');
  assert.equal(following('where', { ...draft, place: doubtful }, pothole, true), 'confirm');
  assert.equal(permitted('alike', draft, pothole, false, { alike: true }), 'alike');
  assert.equal(permitted('alike', draft, pothole, false), 'describe');
  assert.equal(permitted('thanks', draft, pothole, false), 'photo');
});

const kept = (key, found, more = {}) => ({ key, id: `id-${key}`, state: 'kept', found, ...more });

test('photos that arrived go with the report, in their order; others and those left out do not', () => {
  const photos = [kept('a', null), { key: 'b', id: 'id-b', state: 'sending' }, kept('c', null, { skipped: true }), kept('d', null)];
  const draft = { ...emptyDraft(), service: 'pothole', place: pin, description: text, photos };
  assert.deepEqual(requestBody(draft).photos, ['id-a', 'id-d']);
  draft.contact = { name: ' ', email: ' siti@example.org ', phone: '' };
  assert.deepEqual(requestBody(draft).contact, { email: 'siti@example.org' });
  assert.equal('contact' in requestBody(emptyDraft()), false);
});

test('the place of a photo is offered once, and again only for another place', () => {
  const legok = { lon: 103.6, lat: -1.6 };
  const photos = [kept('a', null), kept('b', legok), kept('c', { lon: 103.6005, lat: -1.6 }), kept('d', { lon: 103.61, lat: -1.6 })];
  const draft = { ...emptyDraft(), photos };
  assert.equal(openOffer(draft).key, 'b');
  draft.offers = { b: 'declined' };
  assert.equal(openOffer(draft).key, 'd'); // c lies 56 m beside b: the same place
  draft.offers = { b: 'declined', d: 'used' };
  assert.equal(openOffer(draft), null);
});

test('the time of the photo whose place was used counts; none of the future or of long ago', () => {
  const now = Date.parse('2026-11-22T08:00:00Z');
  const photos = [kept('a', { taken_at: '2026-11-22T09:00:00Z' }), kept('b', { taken_at: '2025-11-20T08:00:00Z' }),
    kept('c', { taken_at: '2026-11-21T08:00:00Z' }), kept('d', { taken_at: '2026-11-22T07:00:00Z' })];
  const draft = { ...emptyDraft(), photos };
  assert.equal(photoTime(draft, now), '2026-11-21T08:00:00Z');
  draft.offers = { d: 'used' };
  assert.equal(photoTime(draft, now), '2026-11-22T07:00:00Z');
  assert.equal(photoTime({ ...draft, photos: photos.slice(0, 2) }, now), null);
});

test('an upload goes on after a lost connection, waits when told to, and ends when it is refused', () => {
  assert.deepEqual([0, 502, 503, 409, 423, 404].map(afterStatus), Array(6).fill('again'));
  assert.equal(afterStatus(429), 'later');
  assert.deepEqual([400, 413, 415, 422].map(afterStatus), Array(4).fill('refused'));
});

test('a file that is no photo, empty or too large is refused before a byte is sent', () => {
  assert.notEqual(refusedAtOnce({ type: 'application/pdf', size: 5 }, 20), '');
  assert.notEqual(refusedAtOnce({ type: 'image/jpeg', size: 0 }, 20), '');
  assert.notEqual(refusedAtOnce({ type: 'image/jpeg', size: 20 * 2 ** 20 + 1 }, 20), '');
  assert.equal(refusedAtOnce({ type: 'image/jpeg', size: 20 * 2 ** 20 }, 20), '');
  assert.equal(refusedAtOnce({ type: '', size: 9 }, 20), ''); // HEIC comes without a type from some folders
});

test('anonymous and confidential say who sees what', () => {
  assert.deepEqual(whoSees({ anonymous: false, confidential: false }), { public: 'sees_public', agency: 'sees_agency', city: 'sees_city' });
  assert.equal(whoSees({ anonymous: true, confidential: false }).agency, 'sees_agency_anonymous');
  assert.equal(whoSees({ anonymous: false, confidential: true }).public, 'sees_public_confidential');
});

test('a contact is checked as it is typed, an empty one is none', () => {
  assert.deepEqual(contactProblems({ name: '', email: '', phone: '' }), {});
  assert.deepEqual(contactProblems({ name: 'Siti', email: 'siti@example.org', phone: '0812-3456 7890' }), {});
  assert.deepEqual(Object.keys(contactProblems({ name: '', email: 'siti@', phone: '12' })), ['email', 'phone']);
});

test('an address is told so that its owner knows it and nobody else', () => {
  assert.equal(masked('siti.rahma@example.org'), 's•••@example.org');
});

test('numbers that would cover each other share a sign', () => {
  assert.deepEqual(together([{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 5, y: 5 }]), [[0, 2], [1]]);
});

test('a pin the server could not look up can still be sent', () => {
  const draft = { ...emptyDraft(), place: { ...pin, located: null }, description: text };
  assert.equal(mustConfirm(draft.place), false);
  assert.equal(following('where', draft, pothole), 'describe');
  assert.equal(permitted('check', draft, pothole, false), 'check');
});

test('a refused field leads to the screen where it is corrected', () => {
  assert.equal(screenOfField('description'), 'describe');
  assert.equal(screenOfField('lat', pin), 'where');
  assert.equal(screenOfField('kelurahan', pin), 'confirm');
  assert.equal(screenOfField('kelurahan', { kind: 'area' }), 'list');
  assert.equal(screenOfField('service'), 'what');
});

test('the fragment of another part of the page names no screen', () => {
  assert.equal(screenOf('#lokasi'), 'where');
  assert.equal(screenOf('#content'), null);
});

const name = (id, en) => ({ id, en });
const catalogue = {
  groups: [{ code: 'road', name: name('Jalan', 'Roads') }, { code: 'street_light', name: name('Lampu jalan', 'Street lights') }, { code: 'tree', name: name('Pohon', 'Trees') }],
  services: [
    { code: 'pothole', group: 'road', name: name('Jalan berlubang', 'Pothole') },
    { code: 'lamp_out', group: 'street_light', name: name('Lampu padam', 'Lamp out') },
    { code: 'flicker', group: 'street_light', name: name('Lampu berkedip', 'Flickering lamp') },
  ],
};

test('busier groups come first, empty ones not at all, and the catalogue orders the rest', () => {
  const busy = grouped(catalogue, { street_light: { total: 24 }, road: { total: 7 } });
  assert.deepEqual(busy.map(({ group }) => group.code), ['street_light', 'road']);
  assert.deepEqual(frequent(busy).map(({ code }) => code), ['lamp_out', 'pothole']);
  assert.deepEqual(grouped(catalogue, {}).map(({ group }) => group.code), ['road', 'street_light']);
});

test('the search finds words of both languages in any order, without accents', () => {
  const groups = grouped(catalogue, {});
  const codes = (query) => matching(groups, query).map(({ code }) => code);
  assert.deepEqual(codes('POTHOLE'), ['pothole']);
  assert.deepEqual(codes('padam lampu'), ['lamp_out']);
  assert.deepEqual(codes('lámpu'), ['lamp_out', 'flicker']);
  assert.deepEqual(codes('  '), []);
  assert.deepEqual(codes('zebra'), []);
});

test('the nearest edge is a point between two corners where it is nearer than both', () => {
  const square = [[-4, -3], [10, -3], [10, 9], [-4, 9], [-4, -3]];
  assert.deepEqual(nearestEdge([square]), [0, -3]);
  const hole = [[1, 1], [2, 1], [2, 2], [1, 1]];
  assert.deepEqual(nearestEdge([square, hole]), [1, 1]);
});

test('the map comes as close as the edge stays in view, and neither nearer nor farther than it can', () => {
  // 0.0005 pixels of zoom 0 are 65.5 at zoom 17 and 131 at zoom 18
  assert.equal(edgeZoom([0.0005, 0], [124, 60]), 17);
  assert.equal(edgeZoom([0, 0.0005], [124, 60]), 16);
  assert.equal(edgeZoom([0, 0], [124, 60]), 19);
  assert.equal(edgeZoom([1, 1], [124, 60]), 13);
});
