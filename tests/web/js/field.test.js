// The rules of the field page, without a browser: address, requests, shapes, steps that are sent once.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

const kept = new Map();
globalThis.sessionStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
const js = '../../../geoapp/web/static/js/field';
const {
  actionsOf, crossesItself, directions, gather, happened, lastEvent, listParameters, metres, others, plainState, readPolygon, readState, reasonText, runningFirst, stopLabel, writeState,
} = await import(`${js}/rules.js`);
const { config } = await import('../../../geoapp/web/static/js/shared/config.js');
const { draft, draftPhotos, forget, keepDraft, pending } = await import(`${js}/kept.js`);
const { createOutbox } = await import(`${js}/outbox.js`);
const { sendStep, stepOf } = await import(`${js}/send.js`);

const me = { id: 5, label: 'account:5' };
const event = (id, kind, status, label = me.label, data = {}) => ({ id, kind, status, actor: { label }, data });

test('the address holds the filters, never where one stands', () => {
  const state = { ...plainState(), overdue: true, near: true, kelurahan: '15.71.08.1006', polygon: [[103.6, -1.6], [103.61, -1.6], [103.61, -1.59]], open: 'JBI-4HK9-7QXC' };
  const text = writeState(state);
  assert.deepEqual(readState(text), state);
  assert.equal(text.includes('lon'), false);
  assert.equal(writeState(plainState()), '');
});

test('what an address cannot mean is left out', () => {
  assert.deepEqual(readState('?kelurahan=<b>&polygon=1,2,3&open=../x&view=moon&overdue=yes'), plainState());
  assert.equal(readPolygon('103,-1,103,-1'), null);
  assert.equal(readPolygon('103,-91,103,-1,104,-1'), null);
  assert.equal(readPolygon('103,a,103,-1,104,-1'), null);
});

test('near me asks by distance, and only with a place', () => {
  const state = { ...plainState(), near: true, mine: true };
  const here = listParameters(state, { lon: 103.6, lat: -1.6 });
  assert.deepEqual([here.sort, here.near, here.within_m, here.officer], ['near', '103.600000,-1.600000', 2000, 'me']);
  const nowhere = listParameters(state, null);
  assert.deepEqual([nowhere.sort, nowhere.near, nowhere.within_m], ['due', null, null]);
});

test('a degree of latitude is 111.195 km on the sphere of the earth\'s mean radius', () => {
  // 2 π · 6371.009 km / 360
  assert.ok(Math.abs(metres({ lon: 103, lat: -1 }, { lon: 103, lat: -2 }) - 111_195) < 1);
  assert.equal(metres({ lon: 103, lat: -1 }, { lon: 103, lat: -1 }), 0);
});

test('a shape that crosses itself is told from one that does not', () => {
  const square = [[0, 0], [1, 0], [1, 1], [0, 1]];
  assert.equal(crossesItself(square), false);
  assert.equal(crossesItself([square[0], square[2], square[1], square[3]]), true);
  assert.equal(crossesItself(square.slice(0, 3)), false);
  assert.equal(crossesItself([[0, 0], [2, 0], [2, 2], [1, 0.5], [0, 2]]), false);
});

test('only steps of the spot are offered, what comes next first', () => {
  const step = (name, primary = false) => ({ step: name, primary });
  const steps = (actions) => actionsOf({ actions }).map((one) => one.step);
  assert.deepEqual(steps([step('take'), step('start', true), step('finish'), step('cannot_do'), step('note'), step('answer')]), ['start', 'finish', 'take', 'cannot_do']);
  assert.deepEqual(steps([step('take'), step('finish', true)]), ['finish', 'take']);
  assert.deepEqual(steps([step('note')]), []);
});

test('a step has happened when the history says so, by me, since then', () => {
  const started = { timeline: [event(1, 'submitted', 'submitted', 'citizen'), event(7, 'status', 'in_progress')] };
  assert.equal(happened(started, { step: 'start', since: 1 }, me), true);
  assert.equal(happened(started, { step: 'start', since: 7 }, me), false);
  assert.equal(happened(started, { step: 'finish', since: 1 }, me), false);
  const byOther = { timeline: [event(7, 'status', 'in_progress', 'account:6')] };
  assert.equal(happened(byOther, { step: 'start', since: 1 }, me), false);
  const officer = (id) => ({ timeline: [event(8, 'officer', null, me.label, { officer: id })] });
  assert.equal(happened(officer(5), { step: 'take', since: 1 }, me), true);
  assert.equal(happened(officer(null), { step: 'take', since: 1 }, me), false);
  assert.equal(happened(officer(null), { step: 'cannot_do', since: 1 }, me), true);
  assert.equal(lastEvent(started), 7);
  assert.deepEqual(others({ timeline: [...started.timeline, ...byOther.timeline.map((one) => ({ ...one, id: 9 }))] }, 1, me).map(({ id }) => id), [9]);
});

test('numbers closer than their signs are one stop, in the order of the list', () => {
  const at = (x, y) => ({ x, y });
  assert.deepEqual(gather([at(0, 0), at(100, 0), at(3, 4), at(31, 0)], 30), [[0, 2], [1], [3]]);
  assert.deepEqual([[4], [2, 3, 4], [0, 1], [2, 4], [0, 3, 4, 8]].map(stopLabel), ['5', '3–5', '1–2', '3, 5', '1, 4 +2']);
});

test('the job one is at comes first, the others keep their order', () => {
  const job = (ticket, status, officer) => ({ properties: { ticket, status, officer } });
  const all = [job('a', 'assigned', { id: 5 }), job('b', 'in_progress', { id: 6 }), job('c', 'in_progress', { id: 5 }), job('d', 'in_progress', null)];
  assert.deepEqual(runningFirst(all, me).map(({ properties }) => properties.ticket), ['c', 'a', 'b', 'd']);
});

test('what waits is sent again with growing pauses, until it is answered or the account is signed out', async () => {
  let kept = [{ ticket: 'a' }, { ticket: 'b' }];
  const asked = [];
  const timers = [];
  let answers = ['waiting', 'waiting', 'done', 'out'];
  const outbox = createOutbox({
    kept: () => kept,
    may: () => true,
    async send(sent) { asked.push(sent.ticket); const answer = answers.shift(); if (answer === 'done') kept = kept.filter((one) => one !== sent); return answer; },
  }, (run, pause) => { timers.push([run, pause]); return timers.length; }, [5, 15, 60]);
  await outbox.now();
  await timers[0][0]();
  await timers[1][0]();
  assert.deepEqual(timers.map(([, pause]) => pause), [5, 15]);
  assert.deepEqual(asked, ['a', 'a', 'a', 'b']);
  answers = ['done'];
  await outbox.now();
  assert.deepEqual(kept, []);
  outbox.wait();
  assert.equal(timers.length, 2);
});

test('a reason is what was chosen and what was typed', () => {
  assert.equal(reasonText('Tempat tidak ditemukan', ' dekat pasar '), 'Tempat tidak ditemukan: dekat pasar');
  assert.equal(reasonText('', ' dekat pasar '), 'dekat pasar');
  assert.equal(reasonText('Tempat tidak ditemukan', '  '), 'Tempat tidak ditemukan');
  assert.equal(reasonText('', ' '), '');
});

test('way-finding gets latitude first', () => {
  assert.equal(directions([103.6, -1.6]), 'geo:-1.6,103.6?q=-1.6,103.6');
});

/** A server in a variable: answers in turn, each a status and a body, or an Error. */
function answering(...answers) {
  const asked = [];
  globalThis.fetch = async (url, options = {}) => {
    asked.push({ url, body: options.body ? JSON.parse(options.body) : null });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return { ok: answer[0] < 400, status: answer[0], json: async () => answer[1] };
  };
  return asked;
}

globalThis.document = { querySelector: () => null };
config.me = me;
const found = { ticket: 'JBI-4HK9-7QXC', version: 3, timeline: [event(4, 'status', 'in_progress')] };
const finish = () => stepOf(found, 'Lampu', 'finish', { text: 'Diganti' });

afterEach(() => kept.clear());

test('a step that goes well leaves nothing behind', async () => {
  keepDraft(found.ticket, 'finish', { text: 'Diganti', chosen: '' });
  const asked = answering([200, { version: 4 }]);
  assert.equal((await sendStep(finish())).outcome, 'done');
  assert.deepEqual(asked[0].body, { step: 'finish', version: 3, text: 'Diganti' });
  assert.equal(pending(found.ticket), null);
  assert.equal(draft(found.ticket, 'finish').text, '');
});

test('without an answer the step waits, and the same one is sent again', async () => {
  const asked = answering(new TypeError('network'), [200, {}]);
  assert.equal((await sendStep(finish())).outcome, 'waiting');
  const waiting = pending(found.ticket);
  assert.equal((await sendStep(waiting)).outcome, 'done');
  assert.deepEqual(asked[0].body, asked[1].body);
});

test('an answer that was lost is found in the history', async () => {
  answering([503, {}]);
  assert.equal((await sendStep(finish())).outcome, 'waiting');
  answering([409, { error: { code: 'changed_meanwhile' } }], [200, { ...found, version: 4, timeline: [...found.timeline, event(9, 'answer', null), event(10, 'status', 'resolved')] }]);
  assert.equal((await sendStep(pending(found.ticket))).outcome, 'done');
  assert.equal(pending(found.ticket), null);
});

test('whoever was faster is told, and the words stay', async () => {
  keepDraft(found.ticket, 'finish', { text: 'Diganti', chosen: '' });
  answering([409, { error: { code: 'changed_meanwhile' } }], [200, { ...found, version: 4, timeline: [...found.timeline, event(9, 'note', null, 'account:6')] }]);
  const told = await sendStep(finish());
  assert.equal(told.outcome, 'changed');
  assert.deepEqual(told.others.map(({ id }) => id), [9]);
  assert.equal(draft(found.ticket, 'finish').text, 'Diganti');
  assert.equal(pending(found.ticket), null);
});

test('a refusal ends the attempt and keeps the words', async () => {
  keepDraft(found.ticket, 'finish', { text: 'Diganti', chosen: '' });
  answering([403, { error: { code: 'forbidden' } }]);
  assert.equal((await sendStep(finish())).outcome, 'refused');
  assert.equal(pending(found.ticket), null);
  assert.equal(draft(found.ticket, 'finish').text, 'Diganti');
});

test('words and photos of a draft are kept beside each other, each as it changes', () => {
  kept.clear();
  assert.deepEqual(draft('JBI-1', 'finish'), { text: '', chosen: '', photos: [] });
  const photo = { key: 'a', id: null, state: 'waiting' };
  keepDraft('JBI-1', 'finish', { photos: [photo] });
  keepDraft('JBI-1', 'finish', { text: 'Ditambal', chosen: '' });
  keepDraft('JBI-2', 'cannot_do', { photos: [{ ...photo, key: 'b' }] });
  assert.deepEqual(draft('JBI-1', 'finish'), { text: 'Ditambal', chosen: '', photos: [photo] });
  assert.deepEqual(draftPhotos().sort(), ['a', 'b']); // no draft lets go of another's files
  forget('JBI-1');
  assert.deepEqual(draftPhotos(), ['b']);
});
