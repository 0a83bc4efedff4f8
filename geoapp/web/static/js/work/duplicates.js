/** Likely duplicates: looked at side by side, merged by one click, or remembered as different. */

import { address, getJson } from '../shared/api.js';
import { byId, el } from '../shared/dom.js';
import { number, time } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { keepView } from '../shared/language.js';
import { listen } from '../map/live.js';
import { debounce } from '../map/rules.js';
import { doneLines } from './duplicate_done.js';
import { arranged, drawGroup } from './duplicate_group.js';
import { problem } from './problems.js';
import { send } from './shared/api.js';
import { keyboard, keysDialog } from './shared/keys.js';

keepView();

const LIMIT = 20;
const LOOK_MS = 15_000; // that somebody found two different has no feed, nor has what is confidential
const list = byId('list');
const chosen = new Map(); // the ticket that somebody lets go on, by group
let groups = [];
let shown = ''; // what was drawn last, to leave alone what is the same
let sending = false;
let asked = 0; // questions so far, and the newest that is answered or that a step has overtaken:
let settled = 0; // what was asked before it says how things stood then
let told = null; // what was done last stands in the place of its group for a while

const nodeOf = (key) => list.querySelector(`.dup[data-key="${CSS.escape(key)}"]`);
const say = (words) => { byId('announce').textContent = words; };
const drawn = () => [...list.querySelectorAll(':scope > .dup')];
const lines = doneLines(list, { say, undone: () => { shown = ''; load(); } });

/** The focus goes back to where it was: the same button, or its group, or what has taken its place. */
function keepFocus(draw) {
  const here = document.activeElement?.closest('.dup');
  const key = here?.dataset.key;
  const act = document.activeElement?.dataset.act;
  const place = here ? drawn().indexOf(here) : -1;
  const line = document.activeElement?.closest('.dup-done');
  const field = line && document.activeElement;
  draw();
  if (line?.isConnected) { // drawing takes the focus from what is put back
    if (document.activeElement !== field) field.focus({ preventScroll: true });
    return;
  }
  if (place < 0 || document.activeElement?.closest('.dup')) return;
  const again = nodeOf(key) ?? drawn()[Math.min(place, drawn().length - 1)] ?? list.lastElementChild;
  const target = (act && again?.querySelector(`[data-act="${CSS.escape(act)}"]`)) || again || byId('content');
  target.focus({ preventScroll: true });
}

function draw() {
  keepFocus(() => list.replaceChildren(...lines.among(groups.map((group) => drawGroup(arranged(group, chosen.get(arranged(group).key)), { merge, part, lead })))));
}

function tell({ total, more }) {
  byId('sum').textContent = total ? t(more ? 'dup_more' : 'dup_count', { n: number(total), count: total }) : '';
  byId('list-state').replaceChildren(...(total ? [] : [el('div.state', {}, el('b', {}, t('dup_none')), el('p', {}, t('dup_none_why')))]));
}

async function load() {
  if (sending) return;
  asked += 1;
  const mine = asked;
  let found;
  try {
    found = await getJson(address('/api/v1/work/duplicates', { limit: LIMIT }));
  } catch (error) {
    if (error.status === 401) { location.reload(); return; }
    if (!groups.length) byId('list-state').replaceChildren(el('div.state', {}, el('b', {}, t('dup_failed')), el('p', {}, t('dup_failed_why'))));
    return;
  }
  if (mine <= settled) return;
  settled = mine;
  const text = JSON.stringify(found);
  if (text === shown) return;
  shown = text;
  ({ groups } = found);
  tell(found);
  draw();
}
const soon = debounce(load, 600);

/** Do something with a group; what went wrong is said in it, what went well everywhere. */
async function act(group, run) {
  if (sending) return;
  sending = true;
  settled = asked;
  const node = nodeOf(group.key);
  node.setAttribute('aria-busy', 'true');
  node.querySelector('.dup-told').textContent = '';
  try {
    told = await run();
    say(told);
    shown = '';
  } catch (error) {
    node.querySelector('.dup-told').textContent = error.words ?? await problem(error, { step: 'merge' });
  } finally {
    node.removeAttribute('aria-busy');
    sending = false;
  }
  if (told) { told = null; await load(); }
}

function merge(group, tickets) {
  const { lead } = group;
  return act(group, async () => {
    const complaints = group.others.filter((one) => tickets.includes(one.ticket)).map(({ ticket, version }) => ({ ticket, version }));
    const { results } = await send(address('/api/v1/work/steps'), { step: 'merge', lead: lead.ticket, complaints });
    const failed = results.find((one) => !one.ok);
    const done = results.filter((one) => one.ok).map(({ ticket, version }) => ({ ticket, version }));
    if (done.length) lines.merged(nodeOf(group.key), lead.ticket, done);
    if (failed) {
      const words = await problem({ status: 409, ...failed.error }, { step: 'merge', ticket: failed.ticket });
      if (results.some((one) => one.ok)) soon();
      throw Object.assign(new Error(words), { words: `${failed.ticket}: ${words}` });
    }
    return t('dup_merged', { tickets: tickets.join(', '), ticket: lead.ticket });
  });
}

function part(group, ticket) {
  return act(group, async () => {
    const others = [group.lead, ...group.others].filter((one) => one.ticket !== ticket);
    // among three, whoever is different is different from both
    for (const other of others) await send(address('/api/v1/work/duplicates/different'), { tickets: [other.ticket, ticket] });
    lines.parted(nodeOf(group.key), group.lead.ticket, ticket);
    return t('dup_parted', { one: group.lead.ticket, other: ticket });
  });
}

function lead(group, ticket) {
  chosen.set(group.key, ticket);
  draw();
  nodeOf(group.key)?.focus({ preventScroll: true });
}

/** The group with the focus as it is drawn; says so when there is none. */
function here() {
  const key = document.activeElement?.closest('.dup')?.dataset.key;
  const found = groups.map((group) => arranged(group, chosen.get(arranged(group).key))).find((group) => group.key === key);
  if (!found) say(t('dup_nothing_here'));
  return found;
}

function step(by) {
  const nodes = drawn();
  const at = nodes.indexOf(document.activeElement?.closest('.dup'));
  const next = nodes[Math.min(Math.max(at < 0 ? 0 : at + by, 0), nodes.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

const toggleKeys = keysDialog(byId('keys'));
byId('show-keys').addEventListener('click', () => toggleKeys());
keyboard({
  j: () => step(1),
  k: () => step(-1),
  g: () => { const group = here(); if (group) merge(group, group.others.map((one) => one.ticket)); },
  x: () => { const group = here(); if (group?.others.length === 1) part(group, group.others[0].ticket); },
  s: () => { const group = here(); if (group) lead(group, group.others[0].ticket); },
  '?': () => toggleKeys(),
}, () => toggleKeys(false), byId('keys-on'));

function strip(words) {
  byId('strip').hidden = !words;
  byId('strip-text').textContent = words ?? '';
}
listen({
  hello: () => { byId('live').hidden = false; },
  complaint: soon,
  retraction: soon,
  reload: load,
  lost: (since) => { byId('live').hidden = true; strip(t('lost_since', { time: time(since) })); },
  back: () => { byId('live').hidden = false; strip(null); load(); },
});
setInterval(() => { if (!document.hidden) load(); }, LOOK_MS);
document.addEventListener('visibilitychange', () => { if (!document.hidden) load(); });
load();
