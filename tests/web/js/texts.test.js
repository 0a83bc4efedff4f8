// Every text the scripts ask for exists and is translated; every glyph the city names is drawn;
// numbers, times and dates are written as people in Indonesia write them.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const scripts = readdirSync(new URL('geoapp/web/static/js/', root), { recursive: true })
  .filter((name) => name.endsWith('.js')).map((name) => [name, read(`geoapp/web/static/js/${name}`)]);

/** key → English text, from the tables of every strings*.py (adjacent literals are one text). */
const tables = readdirSync(new URL('geoapp/web/', root)).filter((name) => /^strings.*\.py$/.test(name)).map((name) => read(`geoapp/web/${name}`)).join('\n');
const strings = new Map([...tables.matchAll(/"(\w+)": _\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)/g)]
  .map(([, key, literals]) => [key, [...literals.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text).join('')]));
const translated = new Map([...read('geoapp/translations/id/LC_MESSAGES/messages.po').matchAll(/msgid ((?:"(?:[^"\\]|\\.)*"\s*)+)msgstr ((?:"(?:[^"\\]|\\.)*"\s*)+)/g)]
  .map((found) => found.slice(1, 3).map((part) => [...part.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text).join(''))));

test('the tables of texts could be read', () => {
  assert.ok(strings.size > 100, `${strings.size} texts`);
  assert.ok(translated.size > strings.size / 2, `${translated.size} translations`);
});

test('every text a script asks for exists', () => {
  for (const [name, code] of scripts) {
    for (const [, key] of code.matchAll(/\bt\('(\w+)'/g)) assert.ok(strings.has(key), `${name}: ${key}`);
  }
});

test('every text has an Indonesian translation with the same placeholders', () => {
  for (const [key, text] of strings) {
    const holes = (value) => [...value.matchAll(/\{\w+\}/g)].map(String).sort().join();
    assert.ok(translated.get(text), `${key}: ${text}`);
    assert.equal(holes(translated.get(text)), holes(text), key);
  }
});

test('every status has a word and a shape, every group and service a glyph', () => {
  const sprite = read('map_templates/icons/sprite.svg');
  const statuses = 'submitted verified assigned in_progress resolved closed on_hold rejected out_of_authority duplicate reopened'.split(' ');
  for (const status of statuses) {
    assert.ok(strings.has(`status_${status}`), status);
    assert.ok(sprite.includes(`id="s-${status}"`), status);
  }
  for (const group of JSON.parse(read('boundaries/kota-jambi/groups.json')).groups) assert.ok(sprite.includes(`id="g-${group.glyph}"`), group.glyph);
});

test('icons that scripts and templates name are in the sprite', () => {
  const sprite = read('map_templates/icons/sprite.svg');
  for (const [name, code] of scripts) {
    for (const [, id] of code.matchAll(/'([igs]-[a-z-]+)'/g)) assert.ok(sprite.includes(`id="${id}"`), `${name}: ${id}`);
  }
});

test('numbers, times and dates', async () => {
  const { day, number, time, weekday, distance } = await import('../../../geoapp/web/static/js/shared/format.js');
  const moment = `${new Date().getFullYear()}-11-19T01:42:00Z`; // 08.42 WIB
  assert.equal(number(1284), '1.284');
  assert.equal(number(5.64, 1), '5,6');
  assert.equal(time(moment), '08.42');
  assert.equal(day(moment), '19 Nov');
  assert.match(weekday(moment), /^(Sen|Sel|Rab|Kam|Jum|Sab|Min), 19 Nov$/);
  assert.equal(distance(1200), '1,2 km');
  assert.equal(distance(849.6), '850 m');
});

test('no script turns text into markup', () => {
  for (const [name, code] of scripts) assert.doesNotMatch(code, /\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(/, name);
});
