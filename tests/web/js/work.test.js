// The queue's rules: what can be done with many, what the address holds, how deadlines read.
import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.document = { getElementById: () => ({ textContent: JSON.stringify({ lang: 'id', due_soon_hours: 12 }) }) };

const { arrange } = await import('../../../geoapp/web/static/js/work/actions.js');
const { dueBadge } = await import('../../../geoapp/web/static/js/work/panel.js');
const { DUTIES, bare, firstDuty, mayStep, sameAsTemplate, stepsForAll } = await import('../../../geoapp/web/static/js/work/rules.js');
const { asTicket, read, write, query, duty, filtered } = await import('../../../geoapp/web/static/js/work/state.js');
const { immediate } = await import('../../../geoapp/web/static/js/work/form.js');
const { problem } = await import('../../../geoapp/web/static/js/work/problems.js');
const { keyName } = await import('../../../geoapp/web/static/js/work/shared/keys.js');

const STEPS = {
  verify: { sources: ['submitted', 'reopened'], needs: [], optional: [] },
  hold: { sources: ['submitted', 'assigned', 'in_progress'], needs: ['reason'], optional: [] },
  resume: { sources: ['on_hold'], needs: [], optional: [] },
  split: { sources: ['submitted', 'assigned'], needs: ['service', 'text'], optional: [] },
};

test('only steps possible for every selected complaint are offered, and none made for one case alone', () => {
  const all = (...statuses) => stepsForAll(statuses.map((status) => ({ status })), STEPS);
  assert.deepEqual(all('submitted'), ['verify', 'hold']);
  assert.deepEqual(all('submitted', 'assigned'), ['hold']);
  assert.deepEqual(all('assigned', 'on_hold'), []);
  assert.deepEqual(all(), []);
  assert.equal(mayStep('merge', 'submitted', STEPS), false);
});

test('whoever may do nothing is offered nothing', () => {
  assert.deepEqual(stepsForAll([{ status: 'submitted' }], {}), []);
  assert.equal(firstDuty({}), 'open');
  assert.equal(firstDuty(STEPS), 'verify');
  assert.equal(firstDuty({ answer: {} }), 'answer');
});

test('a text is a template when only blanks and case differ', () => {
  const templates = [{ id: 1, body: 'Terima kasih atas  laporan Anda.' }];
  assert.equal(sameAsTemplate('  terima kasih\natas laporan anda. ', templates)?.id, 1);
  assert.equal(sameAsTemplate('Terima kasih atas laporan Anda. Senin ditambal.', templates), undefined);
  assert.equal(sameAsTemplate('   ', [{ id: 2, body: ' ' }]), undefined);
  assert.equal(bare('A\u00a0 b'), 'a b');
});

test('the address holds duty, filters and the open complaint, and nothing unsound', () => {
  const search = '?duty=hold&group=road,waste&agency=dlh&officer=me&deadline=overdue&q=lubang%20besar&open=JBI-4HK9-7QXC';
  assert.equal(write(read(search)), '?group=road,waste&duty=hold&agency=dlh&officer=me&deadline=overdue&q=lubang%20besar&open=JBI-4HK9-7QXC');
  const odd = read('?duty=nonsense&group=a,%3Cscript%3E&deadline=late&officer=%27%3B&open=javascript:alert(1)');
  assert.deepEqual([odd.duty, odd.group, odd.deadline, odd.officer, odd.open], ['', ['a'], '', '', null]);
  assert.deepEqual(filtered(read('?duty=hold')), [], 'a duty is no filter');
});

test('a duty says which statuses are asked for, filters come on top', () => {
  const state = read('?duty=hold&group=road&deadline=paused');
  assert.deepEqual(query(state), { status: 'on_hold', group: 'road', deadline: 'paused' });
  assert.deepEqual(query(state, 'open'), { status: 'open', group: 'road', deadline: 'paused' });
  assert.equal(duty(read('?duty=done')), 'done');
  assert.deepEqual(query(read('?duty=open&deadline=late_verify')), { status: 'open', late: 'verify' });
  assert.deepEqual(query(read('?duty=open&deadline=late_answer&group=road')), { status: 'open', group: 'road', late: 'answer' });
  for (const name of Object.keys(DUTIES)) assert.ok(query(state, name).status);
  assert.deepEqual(query(read('?duty=offered&group=road')), { status: 'open', authority: 'offered', group: 'road' });
});

test('a ticket number is known however it is typed, words are not taken for one', () => {
  assert.equal(asTicket(' jbi 4hk9-7qxc '), 'JBI-4HK9-7QXC');
  assert.equal(asTicket('JBI4HK97QXC'), 'JBI-4HK9-7QXC');
  assert.equal(asTicket('jalan rusak'), null);
  assert.equal(asTicket('lubang besar'), null);
});

test('one primary button, two beside it, the rest in the menu', () => {
  const steps = ['verify', 'assign', 'answer', 'note', 'hold', 'merge'].map((step) => ({ step, primary: step === 'assign' }));
  const { primary, beside, menu } = arrange(steps);
  assert.equal(primary.step, 'assign');
  assert.deepEqual(beside.map(({ step }) => step), ['verify', 'answer']);
  assert.deepEqual(menu.map(({ step }) => step), ['note', 'hold', 'merge']);
  assert.deepEqual(arrange([]), { primary: null, beside: [], menu: [] });
});

test('a step is taken at once only when nothing has to or may be said', () => {
  assert.equal(immediate([], []), true);
  assert.equal(immediate(['text']), false);
  assert.equal(immediate([], ['agency', 'reason']), false);
});

test('deadlines are in time, soon, over, paused or done, by the moment alone', () => {
  const noon = Date.parse('2026-11-19T05:00:00Z');
  const at = (hours) => new Date(noon + hours * 3600e3).toISOString();
  const kind = (deadline) => dueBadge(deadline, noon)?.kind ?? null;
  assert.equal(kind({ due_at: at(30), done_at: null, state: 'in_time' }), 'ok');
  assert.equal(kind({ due_at: at(12), done_at: null, state: 'in_time' }), 'ok', 'soon is under 12 hours');
  assert.equal(kind({ due_at: at(11.99), done_at: null, state: 'due_soon' }), 'soon');
  assert.equal(kind({ due_at: at(-0.01), done_at: null, state: 'due_soon' }), 'over', 'it passed while the page was open');
  assert.equal(kind({ due_at: at(-1), done_at: null, state: 'paused' }), 'paused');
  assert.equal(kind({ due_at: at(-1), done_at: at(-2), state: 'done' }), 'done');
  assert.equal(dueBadge({ due_at: at(-2), done_at: at(-1), state: 'done' }, noon).text, 'done_late');
  assert.equal(kind({ due_at: null, done_at: null, state: null }), null);
  assert.equal(kind({ due_at: at(-1), done_at: null, state: 'done' }), null, 'archived: nothing is late any more');
});

test('whoever comes second is told who was first; a lost line says that nothing changed', async () => {
  const newest = async (ticket) => ({ words: `Olivia: Ditunda (${ticket}).`, own: false });
  assert.equal(await problem({ status: 409, code: 'changed_meanwhile' }, { ticket: 'JBI-1', newest }), 'changed_by_other Olivia: Ditunda (JBI-1).');
  const silent = async () => { throw new Error('down'); };
  assert.equal(await problem({ status: 409, code: 'changed_meanwhile' }, { ticket: 'JBI-1', newest: silent }), 'changed_by_other');
  const own = async () => ({ words: 'Adi: Ditunda.', own: true });
  assert.equal(await problem({ status: 409, code: 'changed_meanwhile' }, { ticket: 'JBI-1', newest: own }), 'changed_by_self Adi: Ditunda.', 'nobody else is blamed');
  assert.equal(await problem(new TypeError('Failed to fetch')), 'not_reached. not_reached_why');
  assert.equal(await problem({ status: 403, code: 'forbidden' }), 'refused_other', 'without texts the general one');
});

test('letters are bound in lower case, other keys by their name', () => {
  assert.equal(keyName({ key: 'V' }), 'v');
  assert.equal(keyName({ key: 'Enter' }), 'Enter');
});
