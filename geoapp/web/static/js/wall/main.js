import { setClock } from '../shared/clock.js';
import { config, groupOf, localName } from '../shared/config.js';
import { byId, el, icon } from '../shared/dom.js';
import { number, time } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { Announcer } from '../map/announce.js';
import { Arrivals } from '../map/arrivals.js';
import { AlarmMark } from './alarm.js';
import { stayAwake } from './awake.js';
import { runClock, showAlarm, showNumbers } from './column.js';
import { Feed } from './feed.js';
import { Link, oneAtATime } from './link.js';
import { WallMap } from './map.js';
import { after, alarms, daysBetween, newAlarm, slidesOf } from './slides.js';
import { Renewal } from './renewal.js';

const NUMBERS_MS = 30_000;
const HOTSPOTS_MS = 5 * 60_000;
const GATHER_MS = 4000;
const MOST_PLACES = 40;

const groups = config.groups;
/** One pixel of the design in CSS pixels; css/wall.css says the same as --px. */
const px = () => {
  const { innerWidth: w, innerHeight: h } = window;
  return w > h ? Math.min(w / 1920, h / 1080) : Math.min(w / 1080, h / 1920);
};
const furniture = () => [...document.querySelectorAll('.mid .title, .mid .cycle, .mid .legend')];
/** Room below the city: none for one row of groups, which stands in a corner; a second row would cover points. */
let foot = 0;
let counts = null; // per group, once known
let found = new Map();
let runs = new Map();
let slides = [];
let slide = null;
let touched = [];
let gathering = null;

const leaflet = window[config.map_variable];
const map = new WallMap(leaflet, { px, furniture, foot: () => foot, drawn: showLegend });
const mark = new AlarmMark(byId('alarm-mark'), leaflet, { px, keepClear: () => map.hidden() });
const feed = new Feed(byId('feed'));
const announcer = new Announcer(byId('announce'));
const arrivals = new Arrivals({
  arrived(complaint) {
    announcer.arrival(feed.add(complaint));
    map.arrive(complaint);
    touch(complaint);
  },
  changed: touch,
  older: touch,
  flooded: () => { loadFeed(); everything(); },
});
const link = new Link({
  feed: {
    hello: ({ at }) => { setClock(at); arrivals.setClock(at); },
    complaint: (told) => arrivals.hear(told),
    retraction: ({ ticket }) => { feed.remove(ticket); map.forget(ticket); gather(); },
    reload: catchUp,
    boundaries: () => ground(),
  },
  lost(since) {
    document.body.classList.add('lost');
    byId('status').textContent = t('wall_lost_short');
    byId('strip-text').textContent = t('wall_lost', { time: time(since) });
    byId('strip').hidden = false;
  },
  back() {
    document.body.classList.remove('lost');
    byId('status').textContent = t('wall_live');
    byId('strip').hidden = true;
    catchUp();
  },
  ended(why) {
    byId('ended-title').textContent = t(`wall_${why}`);
    byId('ended-how').textContent = t(`wall_${why}_how`);
    document.body.classList.add('over');
    byId('ended').hidden = false;
  },
});
const renewal = new Renewal(link, config.wall.version);

/** Show the next slide, or the first one of *wanted* alarm. */
function turn(wanted = null) {
  if (!counts) return;
  slides = slidesOf(groups, counts, found);
  const alarming = wanted && slides.find(({ alarm }) => alarm === wanted);
  slide = { ...(alarming || after(slides, slide, groups)), fresh: Boolean(alarming) };
  showSlide();
}

function showSlide() {
  const { group: code, alarm, nth, of, fresh } = slide;
  const group = code && groupOf(code);
  const count = counts.get(code) ?? { open: 0, overdue: 0 };
  byId('slide-sign').className = group ? `gl g-${code}` : 'gl';
  byId('slide-sign').replaceChildren(icon(group && document.getElementById(`g-${group.glyph}`) ? `g-${group.glyph}` : 'g-other'));
  byId('slide-name').textContent = group ? localName(group.name) : t('wall_all');
  const said = count.open ? t('wall_open', { n: number(count.open) }) : t('wall_nothing');
  byId('slide-open').textContent = count.overdue ? `${said},` : said;
  byId('slide-overdue').textContent = count.overdue ? t('wall_overdue', { n: number(count.overdue) }) : '';
  showCycle(code, of > 1 ? `${nth}/${of}` : '');
  makeRoom();
  map.show(code);
  const days = runs.get(code) ?? 0;
  showAlarm(alarm, days);
  feed.fit();
  mark.show(slide, days, { fresh });
}

/** It only grows: the city must not jump when a longer name needs a second row. */
function makeRoom() {
  const { offsetHeight: height } = byId('cycle');
  if (height <= 80 * px() || height + 52 * px() <= foot) return;
  foot = height + 52 * px();
  map.resized();
}

function showCycle(current, place) {
  const shown = [...new Set(slides.map(({ group }) => group))].filter(Boolean);
  byId('cycle').replaceChildren(...shown.map((code) => {
    const group = groupOf(code);
    const sign = icon(document.getElementById(`g-${group.glyph}`) ? `g-${group.glyph}` : 'g-other');
    const name = localName(group.name);
    return code === current
      ? el(`li.on.g-${code}`, { 'aria-current': 'true' }, sign, el('b', {}, name), place && el('span', {}, place))
      : el(`li.g-${code}`, {}, sign, el('span.sr', {}, name));
  }));
}

function showLegend({ cells, over, due, others, fresh }) {
  for (const [name, shown] of Object.entries({ cells, over, due, others, fresh })) byId(`legend-${name}`).hidden = !shown;
  for (const node of document.querySelectorAll('.legend .own')) node.setAttribute('class', `p own g-${slide?.group ?? groups[0]?.code}`);
}

/** Numbers of the city and of its groups. */
const loadNumbers = oneAtATime(async () => {
  const [all, late] = await Promise.all([link.ask('/api/v1/work/summary'), link.ask('/api/v1/work/summary', { deadline: 'overdue' })]);
  if (!all || !late) return;
  counts = new Map(groups.map(({ code }) => [code, { open: all.by_group[code]?.open ?? 0, overdue: late.by_group[code]?.open ?? 0 }]));
  showNumbers(all);
  if (!slide) turn();
  else {
    slides = slidesOf(groups, counts, found);
    showSlide();
  }
});

/** Alarms: groups of cells with more complaints than chance explains. One that is new is shown at once. */
const loadAlarms = oneAtATime(async () => {
  const answer = await link.ask('/api/v1/hotspots');
  if (!answer) return;
  const before = found;
  const first = runs.size === 0;
  runs = new Map(answer.runs.map((run) => [run.group, daysBetween(run.window_from, run.window_to)]));
  found = alarms(answer.clusters);
  const fresh = first ? null : newAlarm(found, before);
  if (fresh) { turn(fresh); restart(); }
});

const loadFeed = oneAtATime(async () => {
  const answer = await link.ask('/api/v1/work/complaints', { sort: 'newest', limit: 8 });
  if (answer) feed.set(answer.features);
});

async function loadServices() {
  const answer = await link.ask('/api/v1/services');
  if (answer) feed.know(answer.services);
}

/** A complaint has come or changed; what lies where it lies is fetched again soon. */
function touch({ lon, lat }) {
  if (lon != null) touched.push([lon, lat]);
  gather();
}

function gather() {
  gathering ??= setTimeout(() => {
    gathering = null;
    const places = touched;
    touched = [];
    loadNumbers();
    if (places.length > MOST_PLACES) map.refresh();
    else if (places.length) map.touch(places);
  }, GATHER_MS);
}

function everything() {
  touched = [];
  map.refresh();
  loadNumbers();
}

const ground = oneAtATime(() => map.boundaries().then(() => mark.place()));

/** What was missed while the wall was away. */
function catchUp() {
  loadFeed();
  loadAlarms();
  everything();
  ground();
}

let turning = null;
function restart() {
  clearInterval(turning);
  turning = setInterval(async () => {
    if (link.ended || (await renewal.due())) return;
    turn();
  }, config.wall.slide_s * 1000);
}

async function start() {
  runClock();
  stayAwake();
  link.follow();
  map.start().then(() => mark.place());
  await Promise.all([loadAlarms(), loadServices(), loadFeed()]);
  await loadNumbers();
  restart();
  setInterval(loadNumbers, NUMBERS_MS);
  setInterval(loadAlarms, HOTSPOTS_MS);
  setInterval(() => renewal.look(), HOTSPOTS_MS);
}

let settling = null;
window.addEventListener('resize', () => {
  clearTimeout(settling);
  settling = setTimeout(() => {
    foot = 0;
    makeRoom();
    map.resized();
    mark.place();
    feed.fit();
  }, 200);
});
document.addEventListener('keydown', (event) => {
  if (link.ended && event.key === 'Enter') location.reload(); // the server sends it to the sign-in, and back here after
});

start();
