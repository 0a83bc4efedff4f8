// The rules of a complaint's own page, without a browser: the key, the sender's history.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const js = '../../../geoapp/web/static/js/ticket';
const { keyIn } = await import(`${js}/key.js`);
const { entryTitle, told } = await import(`${js}/mine.js`);

const entry = (change) => ({ kind: 'status', status: null, words: null, solved: false, photos: [], ...change });

test('the key is read from the fragment alone, in either case', () => {
  assert.equal(keyIn('#kunci=ABCDEFGH23456723'), 'ABCDEFGH23456723');
  assert.equal(keyIn('#kunci=abcdefgh23456723'), 'ABCDEFGH23456723');
  assert.equal(keyIn('#lang=id&kunci=ABCDEFGH23456723'), 'ABCDEFGH23456723');
  for (const other of ['', '#kunci=', '#kunci=SHORT', '#kunci=ABCDEFGH23456723X', '#kunci=1111111111111111', '?kunci=ABCDEFGH23456723', '#akunci=ABCDEFGH23456723']) {
    assert.equal(keyIn(other), null, other);
  }
});

test('agreeing without words is told by the status that follows it', () => {
  const agreed = entry({ kind: 'reply', solved: true });
  const closed = entry({ status: 'closed' });
  assert.deepEqual(told([agreed, closed]), [closed]);
  const thanked = { ...agreed, words: 'Terima kasih' };
  assert.deepEqual(told([thanked, closed]), [thanked, closed]);
  assert.deepEqual(told([agreed]), [agreed]);
});

test('every kind of entry has a name of its own', () => {
  const names = [
    entry({ kind: 'answer' }), entry({ kind: 'reply' }), entry({ kind: 'reply', solved: true }),
    entry({ kind: 'rating', stars: 4 }), entry({ kind: 'escalated' }), entry({ kind: 'assignment', agency: 'DLH' }),
    entry({ kind: 'submitted' }), entry({ status: 'resolved' }),
  ].map(entryTitle);
  assert.equal(new Set(names).size, names.length);
});
