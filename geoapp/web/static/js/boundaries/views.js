import L from '../shared/leaflet.js';
import { getJson } from '../shared/api.js';
import { el } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { ground, step } from './rules.js';

/*
 * What the map and the list of a set show. Each view answers {told, items, pins, empty, legend, draw}:
 * *items* are rows ({sign, kind, title, size, more, bounds, layer}), the largest first.
 */

const SIGNS = { new: '+', gone: '−', moved: '↔', renamed: 'A' };
const RANK = { gone: 0, new: 1, moved: 2, renamed: 3 };


const shade = (properties) => (properties.change === 'moved' ? `moved-${step(properties)}` : properties.change ?? 'same');
/** Classes of a shape; roads are lines, told apart by who keeps them. */
export const looks = (base, { authority }) => ({ className: authority ? `${base} road ${authority}` : base });
const KEEPERS = ['nation', 'province', 'city'];

const state = (title, hint = '') => el('div.state', {}, el('b', {}, title), hint ? el('span', {}, hint) : null);
const key = (node, words) => el('li', {}, node, el('span', {}, words));

/** Gaps and overlaps, and what a cleaning changed. */
export async function faultsView(room) {
  room.faults ??= await getJson(`${room.at}/faults.geojson`);
  const sorted = [...room.faults.features].sort((a, b) => b.properties.area_m2 - a.properties.area_m2);
  const items = sorted.map(({ geometry, properties: { kind, codes, area_m2: size } }, index) => {
    const names = room.called(codes).join(' – ');
    const bounds = L.geoJSON(geometry).getBounds();
    return {
      kind, bounds, geometry, at: bounds.getCenter(), sign: number(index + 1),
      title: t(`b_${kind}`), size: ground(size),
      more: names && t(codes.length > 1 ? 'b_between' : 'b_inside', { names }),
    };
  });
  const kinds = new Set(items.map(({ kind }) => kind));
  return {
    told: items.length ? t('b_listed', { n: items.length }) : t('b_none_faults'),
    items,
    pins: items,
    empty: state(t('b_none_faults'), t('b_none_faults_hint')),
    legend: [
      ...['gap', 'overlap', 'changed'].filter((kind) => kinds.has(kind)).map((kind) => key(el(`span.b-sign.${kind}`, {}, ''), t(`b_key_${kind}`))),
      ...(items.length > 20 ? [el('li.muted', {}, t('b_key_number'))] : []),
    ],
    draw(group, renderer, pick) {
      for (const item of [...items].reverse()) {
        item.layer = L.geoJSON(item.geometry, { renderer, style: () => ({ className: `f-${item.kind}` }) }).addTo(group).getLayers()[0];
        item.layer?.on('click', () => pick(item));
      }
    },
  };
}

/** What differs from the set in force, area by area. */
export async function changesView(room) {
  const { features } = room.areas;
  const compared = features.some(({ properties }) => properties.change);
  const changed = features.filter(({ properties: { change } }) => change in SIGNS);
  const moved = ({ moved_km2: km2 }) => km2 ?? 0;
  changed.sort((a, b) => RANK[a.properties.change] - RANK[b.properties.change] || moved(b.properties) - moved(a.properties) || a.properties.name.localeCompare(b.properties.name, 'id'));
  const layers = new Map();
  const items = changed.map(({ geometry, properties }) => {
    const { code, name, change, label } = properties;
    const bounds = geometry ? L.geoJSON(geometry).getBounds() : null;
    return {
      code, kind: 'change', sign: SIGNS[change], title: name, bounds, closest: 15,
      size: moved(properties) ? ground(moved(properties) * 1e6) : '',
      more: `${t(`b_${change}`)} · ${code}`,
      at: label ? L.latLng(label[1], label[0]) : bounds?.getCenter(),
    };
  });
  const byCode = new Map(items.map((item) => [item.code, item]));
  const present = new Set(changed.map(({ properties }) => properties.change));
  return {
    compared,
    told: items.length ? t('b_changes_listed', { n: items.length }) : t(compared ? 'b_none_changes' : 'b_none_compared'),
    items,
    pins: [],
    empty: state(t(compared ? 'b_none_changes' : 'b_none_compared')),
    legend: [
      ...KEEPERS.filter((who) => features.some(({ properties }) => properties.authority === who)).map((who) => key(el(`i.b-key.road.${who}`), t(`b_road_${who}`))),
      ...['new', 'gone', 'renamed'].filter((change) => present.has(change)).map((change) => key(el(`i.b-key.${change}`), t(`b_${change}`))),
      ...(present.has('moved') ? [1, 2, 3].map((one) => key(el(`i.b-key.moved-${one}`), t(`b_moved_${one}`))) : []),
      ...(compared ? [key(el('i.b-key.stays'), t('b_same')), key(el('i.b-key.before'), t('b_before'))] : []),
    ],
    draw(group, renderer, pick) {
      const shapes = features.filter(({ geometry }) => geometry);
      // What is gone lies on top, hatched: the new areas are seen through it.
      shapes.sort((a, b) => (a.properties.change === 'gone') - (b.properties.change === 'gone'));
      L.geoJSON({ type: 'FeatureCollection', features: shapes }, {
        renderer,
        style: ({ properties }) => looks(`a-${shade(properties)}`, properties),
        onEachFeature: ({ properties: { code } }, layer) => {
          layers.set(code, layer);
          const item = byCode.get(code);
          if (!item) return;
          item.layer = layer;
          layer.on('click', () => pick(item));
        },
      }).addTo(group);
    },
  };
}

/** Where the complaints lie that go one way; cells of many don't say which way. */
function around(features, { from, to }) {
  const bounds = L.latLngBounds([]);
  for (const { geometry: { coordinates: [lon, lat] }, properties } of features) {
    if ((properties.from ?? '') === from && (properties.to ?? '') === to) bounds.extend([lat, lon]);
  }
  return bounds;
}

/** The complaints that would move, and from where to where. */
export async function movesView(room) {
  const table = document.getElementById('from-to');
  const { features } = await getJson(`${room.at}/preview.geojson`, { cache: 'no-store' });
  const decided = Boolean(document.querySelector('form[action$="/activate#run"]'));
  const rows = [...(table?.tBodies[0].rows ?? [])];
  const items = rows.map((row) => ({
    kind: 'moves', title: `${row.cells[0].textContent.trim()} → ${row.cells[1].textContent.trim()}`,
    size: number(Number(row.cells[2].dataset.value)), more: '', closest: 15, bounds: around(features, row.dataset),
  }));
  const total = rows.reduce((sum, row) => sum + Number(row.cells[2].dataset.value), 0);
  const cells = features.some(({ properties }) => properties.count > 1);
  const told = total ? t('b_moves_listed', { n: number(total) }) : t(decided ? 'b_none_moves' : 'b_no_preview');
  return {
    told,
    items,
    pins: [],
    empty: decided ? state(t('b_none_moves')) : state(t('b_no_preview'), t('b_no_preview_hint')),
    legend: features.length ? [key(el('i.b-dot'), t(cells ? 'b_key_moving_many' : 'b_key_moving'))] : [],
    draw(group) {
      const style = getComputedStyle(document.documentElement);
      const colour = (name) => style.getPropertyValue(name).trim();
      const renderer = L.canvas({ padding: 0.5, pane: 'faults' });
      for (const { geometry: { coordinates: [lon, lat] }, properties: { count = 1 } } of features) {
        const radius = Math.min(4 + 2.2 * Math.log2(count), 16);
        L.circleMarker([lat, lon], { renderer, pane: 'faults', radius, interactive: false, color: colour('--point-halo'), weight: 1.4, fillColor: colour('--accent'), fillOpacity: 0.85 }).addTo(group);
      }
    },
  };
}
