/** The map under the editor: the city, and the exact lines of kelurahan and of other areas. */

import { fitCity, prepareGround, shellMap } from '../report/ground.js';
import { addAreaLabels } from '../report/labels.js';
import { address, getJson } from '../shared/api.js';
import { config } from '../shared/config.js';
import { byId } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { rings } from './shape.js';

/** @param {string} code  the area that is edited, which is no neighbour of its own */
export function createGround(code) {
  const map = shellMap();
  if (!map) return null;
  const { L } = window;
  byId('a-credit').textContent = [config.city.boundaries?.approximate ? t('approximate') : null, prepareGround(map)].filter(Boolean).join(' · ');
  for (const [name, zIndex] of [['kelurahan', 340], ['others', 345], ['tint', 235]]) {
    const pane = map.createPane(name);
    pane.style.zIndex = zIndex;
    pane.style.pointerEvents = 'none';
  }
  const looks = { kelurahan: 'a-kel', service_area: 'a-other' };
  const panes = { kelurahan: 'kelurahan', service_area: 'others' };
  const layers = new Map();
  const corners = [];
  let tinted = [];
  let wanted = null;

  new ResizeObserver(() => {
    map.invalidateSize({ animate: false });
    if (wanted) { const next = wanted; wanted = null; ground.look(next.bounds); }
  }).observe(map.getContainer());
  for (const [id, run] of [['a-home', () => fitCity(map)], ['a-in', () => map.zoomIn()], ['a-out', () => map.zoomOut()]]) byId(id).addEventListener('click', run);
  addAreaLabels(map);

  const loaded = getJson(address('/admin/service-areas/neighbours.json', { besides: code })).then((collection) => {
    for (const feature of collection.features) {
      const { kind } = feature.properties;
      // One path each, as it came: what a line snaps to must be the very number that is stored.
      L.geoJSON(feature, {
        pane: panes[kind], interactive: false, snapIgnore: false, pmIgnore: true, smoothFactor: 0.5,
        style: () => ({ className: looks[kind], weight: 1 }),
      }).addTo(map);
      for (const ring of rings(feature.geometry)) corners.push(...ring);
      if (kind === 'kelurahan') layers.set(feature.properties.code, feature);
    }
    paint();
    map.getContainer().dataset.neighbours = collection.features.length;
  });
  loaded.catch(() => { byId('a-told').textContent = t('areas_no_neighbours'); });

  let painted = null;
  function paint() {
    painted?.remove();
    const features = tinted ? tinted.map((each) => layers.get(each)).filter(Boolean) : [...layers.values()];
    painted = L.geoJSON(features, { pane: 'tint', interactive: false, snapIgnore: true, style: () => ({ className: 'a-whole' }) }).addTo(map);
  }

  const ground = {
    map,
    /** Every corner of the neighbours, `[lon, lat]` as stored. */
    corners,
    /** Tint the kelurahan with these codes; null tints all. Answers when they are there. */
    tint(codes) { tinted = codes; paint(); return loaded.then(() => painted.getBounds(), () => null); },
    /** Show *bounds*, or the city. */
    look(bounds) {
      const { x, y } = map.getSize();
      if (!x || !y) { wanted = { bounds }; return; }
      if (bounds?.isValid()) map.fitBounds(bounds, { animate: false, padding: [40, 40], maxZoom: 17 });
      else if (!fitCity(map)) wanted = { bounds };
    },
  };
  return ground;
}
