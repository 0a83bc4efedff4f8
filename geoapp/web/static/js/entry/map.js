/** The map beside the form: a click sets the place, a kelurahan is tinted, what is near is shown. */

import { fitCity, prepareGround, shellMap } from '../report/ground.js';
import { addAreaLabels } from '../report/labels.js';
import { config } from '../shared/config.js';
import { el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';

const NEAR_ZOOM = 16;

/**
 * @param {object} parts
 * @param {HTMLElement} parts.credit
 * @param {() => Promise<object>} parts.areas  answers GET /api/v1/areas
 * @param {(at: {lon: number, lat: number}) => void} parts.click
 * @returns {object|null}  null when the map could not be built
 */
export function entryMap({ credit, areas, click }) {
  const map = shellMap();
  if (!map) return null;
  const { L } = window;
  credit.textContent = [config.city.boundaries?.approximate ? t('approximate') : null, prepareGround(map)].filter(Boolean).join(' · ');
  for (const [name, zIndex] of [['place-fill', 230], ['place-line', 360], ['place', 620]]) {
    const pane = map.createPane(name);
    pane.style.zIndex = zIndex;
    pane.style.pointerEvents = 'none';
  }
  let pin = null;
  let tint = null;
  let near = [];
  let fitted = false;
  new ResizeObserver(() => {
    map.invalidateSize({ animate: false });
    if (!fitted) fitted = fitCity(map);
  }).observe(map.getContainer());
  addAreaLabels(map, areas);
  map.on('click', ({ latlng }) => {
    const at = latlng.wrap();
    click({ lon: Number(at.lng.toFixed(6)), lat: Number(at.lat.toFixed(6)) });
  });

  const sign = (node, size) => L.divIcon({ className: 'e-sign', html: node, iconSize: size, iconAnchor: [size[0] / 2, size[1] / 2] });

  return {
    map,
    /** Show *place*, or nothing; *look* moves the map there. */
    show(place, feature, look) {
      pin?.remove();
      tint?.remove();
      pin = tint = null;
      if (place?.kind === 'point') {
        pin = L.marker([place.lat, place.lon], { pane: 'place', interactive: false, keyboard: false, icon: sign(el('span.e-pin'), [22, 22]) }).addTo(map);
        if (look) map.setView([place.lat, place.lon], Math.max(map.getZoom(), NEAR_ZOOM), { animate: false });
      }
      if (!feature) return;
      tint = L.layerGroup(['fill', 'line'].map((part) => L.geoJSON(feature, {
        pane: `place-${part}`, interactive: false, style: () => ({ className: `pin-${part}`, weight: 2 }),
      }))).addTo(map);
      if (look && place?.kind === 'area') map.fitBounds(L.geoJSON(feature).getBounds(), { animate: false, padding: [24, 24] });
    },
    /** Number the complaints that are open nearby. */
    showNear(features) {
      for (const marker of near) marker.remove();
      near = features.filter(({ geometry }) => geometry).map(({ geometry }, index) => L.marker(
        [geometry.coordinates[1], geometry.coordinates[0]],
        { pane: 'place', interactive: false, keyboard: false, icon: sign(el('span.e-other', {}, String(index + 1)), [20, 20]) },
      ).addTo(map));
    },
    /** The whole city again. */
    reset() { fitCity(map); },
  };
}
