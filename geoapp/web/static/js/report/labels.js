/** Names of kelurahan, or of kecamatan from afar, on a small map; only where there is room. */

import { address, getJson } from '../shared/api.js';
import { el } from '../shared/dom.js';

/** Below this zoom sixty names would lie on each other. */
const FROM_ZOOM = 13;
const GAP_PX = 6;

/**
 * Write the names at their label points; a name that would touch another one is left out.
 *
 * @param {L.Map} map
 * @param {() => Promise<object>} [areas]  answers GET /api/v1/areas
 * @returns {Promise<() => void>}  resolves when the names are there, or when they cannot be had; the
 *   function takes them away again
 */
export async function addAreaLabels(map, areas = () => getJson(address('/api/v1/areas'))) {
  const { L } = window;
  let features;
  try {
    ({ features } = await areas());
  } catch {
    return () => {}; // The map reads without names; the card names the kelurahan.
  }
  const pane = map.getPane('names') ?? map.createPane('names');
  pane.style.zIndex = 450;
  pane.style.pointerEvents = 'none';
  const write = (tag, text, [lon, lat]) => L.marker([lat, lon], {
    pane: 'names', interactive: false, keyboard: false,
    icon: L.divIcon({ className: 'pin-names', html: el(tag, { 'aria-hidden': 'true' }, text), iconSize: [0, 0] }),
  }).addTo(map);
  const near = features.map(({ properties }) => write('span.pin-name', properties.name, properties.label));
  const far = kecamatan(features).map(({ name, label }) => write('span.pin-name.wide', name, label));

  const room = map.getContainer().closest('.r-map') ?? map.getContainer();

  function thin() {
    const close = map.getZoom() >= FROM_ZOOM;
    // What stands on the map counts as taken, too.
    const taken = [...room.querySelectorAll('.r-attr:not(:empty), .pin-here:not([hidden])')].map((node) => node.getBoundingClientRect());
    for (const marker of [...near, ...far]) {
      const node = marker.getElement()?.firstElementChild;
      if (!node) continue;
      node.hidden = close !== near.includes(marker);
      if (node.hidden) continue;
      const box = node.getBoundingClientRect();
      const free = taken.every((other) => box.right + GAP_PX < other.left || box.left - GAP_PX > other.right
        || box.bottom < other.top || box.top > other.bottom);
      if (free) taken.push(box);
      else node.hidden = true;
    }
  }
  map.on('zoomend moveend', thin);
  thin();
  return () => {
    map.off('zoomend moveend', thin);
    for (const marker of [...near, ...far]) marker.remove();
  };
}

/** A place for each kecamatan's name: the middle of its kelurahan's label points. */
function kecamatan(features) {
  const groups = new Map();
  for (const { properties } of features) {
    const labels = groups.get(properties.parent_name) ?? [];
    groups.set(properties.parent_name, [...labels, properties.label]);
  }
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return [...groups].filter(([name]) => name).map(([name, labels]) => ({
    name, label: [mean(labels.map(([lon]) => lon)), mean(labels.map(([, lat]) => lat))],
  }));
}
