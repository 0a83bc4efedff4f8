import { address, getJson } from '../shared/api.js';
import { setClock } from '../shared/clock.js';
import { config, localName } from '../shared/config.js';
import { isOpen } from '../shared/deadline.js';
import { byId } from '../shared/dom.js';
import { number, time } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { keepView } from '../shared/language.js';
import { Announcer } from './announce.js';
import { Arrivals } from './arrivals.js';
import { Areas } from './areas.js';
import { Card } from './card.js';
import { ComplaintLayers } from './complaints.js';
import { Filters, periodName, statusName } from './filters.js';
import { baseMap, credit, hereTag, locate, scaleBar } from './furniture.js';
import { refreshGround } from './ground.js';
import { Hotspots } from './hotspots.js';
import { keyboard } from './keys.js';
import { Labels } from './labels.js';
import { fillLegend } from './legend.js';
import { ComplaintList } from './list.js';
import { listen } from './live.js';
import { accepts, debounce, once } from './rules.js';
import { Search } from './search.js';
import { Sheet } from './sheet.js';
import * as state from './state.js';
import { Steps } from './steps.js';
import { TileStore } from './tiles.js';
import { View, boundsOf } from './view.js';

const map = window[config.map_variable ?? 'geoapp_map'];
const areas = new Areas();
const announcer = new Announcer(byId('announce'));
const services = once(async () => {
  const catalogue = await getJson(address('/api/v1/services'));
  return new Map(catalogue.services.map((service) => [service.code, service]));
}, new Map());

const view = new View(map, { card: byId('card') });
view.start(state.get().map);

// Complaints on the map
const layers = new ComplaintLayers(map, {
  layers: () => state.get().layers,
  steps: () => steps.now,
  tip: byId('tip'),
  onPoint: (point, place) => (point.tickets.length > 1 ? pickBox(around(place)) : state.update({ open: point.ticket })),
  onCell: (cell, box) => pickBox(box),
});
const steps = new Steps(config.city?.bbox ?? null, () => { layers.redraw(); drawLegend(); });
const labels = new Labels(map, areas, () => ({ points: layers.showsPoints ? layers.picture.points : [], selected: layers.place?.at ?? null }), () => view.frame());
const tiles = new TileStore(() => view.tiles(), config.city?.bbox ?? null, (reason) => {
  layers.setTiles(tiles.shown);
  if (reason === 'view') placeLabels();
  drawLegend();
});
const placeLabels = debounce(() => labels.layout(), 120);
const hotspots = new Hotspots(map, byId('spots'), (cluster) => {
  const bounds = boundsOf(cluster.bbox);
  if (bounds) view.fit(bounds.pad(0.4), 15);
  if (Sheet.active) sheet.set('peek');
});

// Panel
const sheet = new Sheet(byId('sheet'), byId('sheet-handle'), () => {});
const filters = new Filters(
  { chips: byId('chips'), status: byId('filter-status'), area: byId('filter-area'), since: byId('filter-since'), tokens: byId('tokens') },
  areas, (area) => view.fit(boundsOf(area.box).pad(0.1), 16));
const list = new ComplaintList(
  { list: byId('list'), scroll: byId('sheet-body'), state: byId('list-state'), newer: byId('newer') },
  { areas, onOpen: (ticket) => state.update({ open: ticket }), onPoint: (ticket) => layers.point(ticket) });
const search = new Search(
  { form: byId('search-form'), input: byId('search'), options: byId('search-options') },
  { areas, onArea: (code) => filters.chooseArea(code), onTicket: (ticket) => state.update({ open: ticket }) }, state);
const card = new Card(byId('card'), {
  services,
  onClose: () => state.close(),
  onPlace: (feature) => {
    const place = feature?.geometry?.coordinates ?? null;
    layers.select(place, feature?.properties.group);
    if (place) view.reveal(place);
    placeLabels();
  },
});

/** A small box around one place, for several complaints that share it. */
function around([lon, lat]) {
  const d = 0.00002;
  return [lon - d, lat - d, lon + d, lat + d];
}

function markArea() {
  const { kelurahan, kecamatan, bbox } = state.get();
  layers.pick(bbox ? bbox.split(',').map(Number) : null);
  labels.choose([...kelurahan, kecamatan].filter(Boolean).map((code) => areas.find(code)).filter(Boolean));
}

function pickBox(box) {
  state.update({ bbox: box.map((value) => value.toFixed(6)).join(',') });
  if (Sheet.active && sheet.stop === 'peek') sheet.set('half');
}

function drawLegend() {
  const points = layers.showsPoints ? layers.picture.points : [];
  if (layers.showsCells) steps.want(state.query('tiles'));
  fillLegend(byId('legend-body'), {
    cells: layers.showsCells,
    steps: steps.now,
    open: points.some((point) => isOpen(point.status)),
    done: points.some((point) => !isOpen(point.status)),
    lately: !state.get().status,
    overdue: points.some((point) => point.over),
    hotspots: hotspots.drawn,
  });
}

let summaries = 0;

/** Numbers of the header and the chips; the chips count what their own filter would hide. */
async function loadSummary() {
  const asked = ++summaries;
  const parameters = state.query('summary');
  const { group, ...others } = parameters;
  try {
    const [mine, all] = await Promise.all([
      getJson(address('/api/v1/summary', parameters)),
      group ? getJson(address('/api/v1/summary', others)) : null,
    ]);
    if (asked !== summaries) return null; // a newer question is under way, or answered
    filters.setCounts((all ?? mine).by_group);
    showSummary(mine);
    return mine;
  } catch {
    return null; // the list says that the server cannot be reached
  }
}

function showSummary(summary) {
  const { status, since } = state.get();
  const count = status ? summary.total : summary.open;
  const key = { '': 'sum_open', overdue: 'sum_overdue', done: 'sum_done', all: 'sum_all' }[status];
  const title = key ? t(key, { n: number(count), count }) : t('sum_status', { n: number(count), count, status: statusName(status).toLowerCase() });
  const more = [];
  if (status !== 'overdue' && summary.open) more.push(t('n_overdue', { n: number(summary.overdue) }));
  if (since) more.push(t('last_period', { period: periodName(since) }));
  byId('sum').textContent = title;
  byId('sum-more').textContent = more.join(' · ');
  byId('map-summary').textContent = [title, ...more].join(', ');
  document.title = `${title} · ${config.city?.name ?? ''}`;
}

async function reload(first = false) {
  tiles.setQuery(state.query('tiles'));
  const [page, summary] = await Promise.all([list.load(), loadSummary()]);
  if (page && summary && !first) announcer.say(t('announce_filtered', { n: number(page.numberMatched), total: number(summary.total) }));
}

const refreshNumbers = debounce(loadSummary, 800);
const refreshTiles = debounce(() => tiles.refresh(touched.splice(0)), 200);
const touched = [];

const refreshList = debounce(() => list.refresh(), 800);

function refreshPlace({ lon, lat }) {
  if (lon != null && lat != null) { touched.push([lon, lat]); refreshTiles(); }
  refreshNumbers();
}

/** The list keeps what the filters take, as the count above it does. */
function follow(complaint) {
  if (!accepts(state.get(), complaint, areas)) {
    if (state.get().q) list.change(complaint); // words are the server's to find
    else list.leave(complaint.ticket);
  } else if (list.rows.has(complaint.ticket)) list.change(complaint);
  else if (list.reaches(complaint)) refreshList();
}

const arrivals = new Arrivals({
  arrived: async (complaint) => {
    refreshPlace(complaint);
    if (!accepts(state.get(), complaint, areas)) return;
    const service = (await services()).get(complaint.service);
    const row = { ...complaint, service_name: service?.name };
    list.add(row);
    const where = complaint.kelurahan ? t('kelurahan_short', { name: complaint.kelurahan.name }) : '';
    announcer.arrival([localName(row.service_name), where].filter(Boolean).join(', '));
  },
  changed: (complaint) => { refreshPlace(complaint); follow(complaint); },
  older: (complaint) => { refreshPlace(complaint); refreshList(); },
  flooded: () => { tiles.refreshAll(); list.refresh(); loadSummary(); },
});

function liveRetraction({ ticket }) {
  list.retract(ticket);
  tiles.refreshAll();
  refreshNumbers();
  if (card.ticket === ticket) card.retract();
}

function showHotspots() {
  const { layers: on, group } = state.get();
  if (on.has('hotspots')) hotspots.show(group).then(drawLegend);
  else hotspots.hide();
  for (const box of byId('layers').querySelectorAll('input')) box.checked = on.has(box.value);
  layers.redraw();
  placeLabels();
  drawLegend();
}

function toggleLayers(open = byId('layers').hidden) {
  byId('layers').hidden = !open;
  byId('ctl-layers').setAttribute('aria-expanded', String(open));
  if (open) byId('layers').querySelector('input').focus();
}

function toggleKeys(open = byId('keys').hidden) {
  byId('keys').hidden = !open;
  if (open) byId('keys-title').focus();
}

function closeTop() {
  if (!byId('keys').hidden) toggleKeys(false);
  else if (!byId('layers').hidden) { toggleLayers(false); byId('ctl-layers').focus(); }
  else if (state.get().open) state.close();
  else if (state.get().bbox) state.update({ bbox: '' });
}

function step(by) {
  const ticket = list.step(by);
  if (ticket && state.get().open) state.update({ open: ticket });
}

function wireControls() {
  byId('ctl-home').addEventListener('click', () => view.home());
  byId('ctl-in').addEventListener('click', () => map.zoomIn());
  byId('ctl-out').addEventListener('click', () => map.zoomOut());
  byId('ctl-locate').addEventListener('click', () => locate(map, (words) => showStrip(words, 6000)));
  byId('ctl-layers').addEventListener('click', () => toggleLayers());
  byId('layers').addEventListener('change', (event) => {
    const on = new Set(state.get().layers);
    if (event.target.checked) on.add(event.target.value);
    else on.delete(event.target.value);
    state.update({ layers: on });
  });
  byId('show-keys').addEventListener('click', () => { toggleLayers(false); toggleKeys(true); });
  byId('keys-close').addEventListener('click', () => toggleKeys(false));
  byId('legend').open = !Sheet.active;
  keepView();
  keyboard(map, {
    search: () => byId('search').focus(),
    filters: () => { if (Sheet.active) sheet.set('full'); byId('filter-status').focus(); },
    layers: () => toggleLayers(),
    next: () => step(1),
    previous: () => step(-1),
    home: () => view.home(),
    help: () => toggleKeys(),
    close: closeTop,
  }, byId('keys-on'));
}

function showStrip(words, forMs = 0) {
  byId('strip-text').textContent = words ?? '';
  byId('strip').hidden = !words;
  byId('content').classList.toggle('has-strip', Boolean(words));
  if (words && forMs) setTimeout(() => { if (byId('strip-text').textContent === words) showStrip(null); }, forMs);
}

/** Other areas are in force: lines, names, the list of areas and what was filtered by them. */
async function boundaries() {
  try {
    await Promise.all([refreshGround(map), areas.load({ anew: true })]);
  } catch {
    return; // the map keeps the areas it knows; the next news tries again
  }
  credit();
  filters.fillArea();
  markArea();
  placeLabels();
  reload(true);
  card.refresh();
}

function wireLive() {
  listen({
    hello: ({ at }) => {
      setClock(at);
      arrivals.setClock(at);
    },
    complaint: (event) => {
      if (event.kind === 'support') { // nothing on the map or in the list tells it
        if (card.ticket === event.complaint.ticket) card.count(event.complaint.supporters);
        return;
      }
      arrivals.hear(event);
      if (card.ticket === event.complaint.ticket) card.refresh();
    },
    retraction: liveRetraction,
    reload: () => { tiles.refreshAll(); list.load(); loadSummary(); card.refresh(); },
    boundaries,
    lost: (since) => {
      const words = t('lost_since', { time: time(since) });
      showStrip(words);
      byId('map-region').classList.add('stale');
      announcer.say(words);
    },
    back: () => {
      showStrip(null);
      byId('map-region').classList.remove('stale');
      tiles.refreshAll();
      refreshNumbers();
      if (list.failed) list.load();
      if (card.failed) card.show(card.ticket, true);
      announcer.say(t('back_online'));
    },
  });
}

async function start() {
  wireControls();
  credit();
  scaleBar(map);
  baseMap(map, placeLabels);
  state.on('filters', () => { reload(); markArea(); if (state.get().layers.has('hotspots')) showHotspots(); });
  state.on('layers', showHotspots);
  const opened = () => document.body.classList.toggle('card-open', Boolean(state.get().open));
  opened();
  state.on('open', opened);
  state.on('open', () => { card.show(state.get().open); list.mark(state.get().open); });
  map.on('moveend', () => {
    const { lat, lng } = map.getCenter();
    state.update({ map: { zoom: map.getZoom(), lat, lon: lng } });
    tiles.update();
  });
  const zoomed = () => {
    byId('map-region').classList.toggle('far', Math.round(map.getZoom()) < 12);
    layers.recount();
  };
  map.on('zoomend', zoomed);
  zoomed();
  showHotspots();
  const loaded = areas.load().then(() => { filters.fillArea(); markArea(); hereTag(map, areas, labels); placeLabels(); }, () => {});
  await Promise.all([reload(true), loaded]);
  if (state.get().open) { card.show(state.get().open, true); list.mark(state.get().open); }
  search.sync();
  wireLive();
}

// Deadlines pass while the page is open.
setInterval(() => layers.recount(), 60_000);
start();
