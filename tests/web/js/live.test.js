// The feed's connection: what is said when it breaks and when it is back.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

globalThis.window = { addEventListener: () => {} };
class FakeSource extends EventTarget {
  static all = [];
  constructor(url) { super(); this.url = url; this.readyState = 0; FakeSource.all.push(this); }
  close() { this.readyState = 2; }
  open() { this.readyState = 1; this.dispatchEvent(new Event('open')); }
  fail(state) { this.readyState = state; this.dispatchEvent(new Event('error')); }
  send(name, data) { const event = new Event(name); event.data = JSON.stringify(data); this.dispatchEvent(event); }
}
Object.assign(FakeSource, { CONNECTING: 0, OPEN: 1, CLOSED: 2 });
globalThis.EventSource = FakeSource;
globalThis.document = { getElementById: () => ({ textContent: JSON.stringify({ base: '', live: { last_event_id: 'life:7:9', boundaries: '1.2-0' } }) }) };
const { listen } = await import('../../../geoapp/web/static/js/map/live.js');

function watch() {
  FakeSource.all = [];
  const heard = [];
  const hear = (name) => (data) => heard.push(data instanceof Date || data === undefined ? name : [name, data]);
  listen(Object.fromEntries(['complaint', 'retraction', 'reload', 'boundaries', 'lost', 'back'].map((name) => [name, hear(name)])));
  return heard;
}

test('the first connection begins where the page was made, later ones with what the browser names', () => {
  const heard = watch();
  const [source] = FakeSource.all;
  assert.match(source.url, /\/live\?last_event_id=life%3A7%3A9$/);
  source.open();
  source.send('hello', { boundaries: '3.2-0' });
  assert.deepEqual(heard, ['boundaries'], 'another set came into force before the first connection');
  mock.timers.enable({ apis: ['setTimeout'] });
  source.fail(FakeSource.CLOSED);
  mock.timers.tick(1000);
  mock.timers.reset();
  assert.match(FakeSource.all[1].url, /\/live$/);
});

test('events reach their handlers', () => {
  const heard = watch();
  FakeSource.all[0].open();
  FakeSource.all[0].send('complaint', { kind: 'submitted' });
  FakeSource.all[0].send('retraction', { ticket: 'A' });
  assert.deepEqual(heard, [['complaint', { kind: 'submitted' }], ['retraction', { ticket: 'A' }]]);
});

test('other boundaries are told once: by the feed, or on coming back to it', () => {
  const heard = watch();
  const [source] = FakeSource.all;
  source.open();
  source.send('hello', { at: '2026-11-22T05:00:00Z', boundaries: '1.2-0' });
  assert.deepEqual(heard, [], 'what stands when a page comes is what it came with');
  source.send('boundaries', { version: '3.2-0' });
  assert.deepEqual(heard, ['boundaries']);
  source.send('hello', { boundaries: '3.2-0' });
  assert.deepEqual(heard, ['boundaries'], 'back, and nothing is new');
  source.send('hello', { boundaries: '3.2-1' });
  assert.deepEqual(heard, ['boundaries', 'boundaries'], 'it changed while nobody listened');
  source.send('hello', { boundaries: '' });
  source.send('hello', { boundaries: '3.2-1' });
  assert.deepEqual(heard, ['boundaries', 'boundaries'], 'a server that does not know says nothing');
});

test('a short break is not worth a word, a longer one is said once and its end too', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const heard = watch();
  const [source] = FakeSource.all;
  source.open();
  source.fail(0);
  mock.timers.tick(1000);
  source.open();
  mock.timers.tick(5000);
  assert.deepEqual(heard, []);
  source.fail(0);
  mock.timers.tick(2500);
  source.fail(0);
  mock.timers.tick(9000);
  assert.deepEqual(heard, ['lost']);
  source.open();
  assert.deepEqual(heard, ['lost', 'back']);
  mock.timers.reset();
});

test('a connection the browser gave up is opened anew, and everything is loaded again', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const heard = watch();
  FakeSource.all[0].open();
  FakeSource.all[0].fail(2);
  mock.timers.tick(1000);
  assert.equal(FakeSource.all.length, 2);
  FakeSource.all[1].fail(2);
  mock.timers.tick(1999);
  assert.equal(FakeSource.all.length, 2, 'the pause doubles');
  mock.timers.tick(1);
  assert.equal(FakeSource.all.length, 3);
  FakeSource.all[2].open();
  assert.deepEqual(heard, ['lost', 'back', 'reload']);
  mock.timers.reset();
});

test('another path is followed, and who stops listening hears no more and asks no more', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  FakeSource.all = [];
  const told = [];
  const note = (name) => () => told.push(name);
  const stop = listen({ complaint: note('complaint'), retraction: note('gone'), reload: note('reload'), lost: note('lost'), back: note('back') }, '/live/work');
  const [source] = FakeSource.all;
  assert.match(source.url, /\/live\/work\?last_event_id=/);
  source.open();
  source.fail(FakeSource.CLOSED);
  stop();
  mock.timers.tick(60_000);
  mock.timers.reset();
  assert.equal(FakeSource.all.length, 1);
  assert.equal(source.readyState, FakeSource.CLOSED);
  assert.deepEqual(told, []);
});
