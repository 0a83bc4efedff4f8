/** The small map of one place: a pin, or a circle where the place is shown up to so many metres off. */

import { refreshGround } from '../map/ground.js';
import { prepareGround } from '../report/ground.js';
import { addAreaLabels } from '../report/labels.js';
import { address, getJson } from '../shared/api.js';
import { config } from '../shared/config.js';
import { t } from '../shared/i18n.js';

const ZOOM = 15.5;

/**
 * Show the place.
 *
 * @param {L.Map|null} map  the shell's map; nothing happens without one
 * @param {number} lon  degrees, the public position
 * @param {number} lat  degrees
 * @param {number} withinM  how far off the position is at most, 0 when exact
 * @returns {() => Promise<void>}  other boundaries are in force: draws them and says what they are
 */
export function showPlace(map, lon, lat, withinM) {
  if (!map) return async () => {};
  const { L } = window;
  const at = L.latLng(lat, lon);
  const renderer = L.svg({ padding: 0.5 });
  const credit = prepareGround(map);
  const line = map.getContainer().closest('.r-map')?.querySelector('.r-attr');
  const tell = () => {
    const approximate = config.city.boundaries?.approximate ? t('approximate') : null;
    if (line) line.textContent = [line.dataset.off, approximate, credit].filter(Boolean).join(' · ');
  };
  tell();
  map.setView(at, ZOOM, { animate: false });
  map.scrollWheelZoom.disable(); // the page scrolls; two fingers and the keys still zoom
  if (withinM > 0) {
    L.circle(at, { radius: withinM, renderer, interactive: false, className: 'pin-accuracy', weight: 1.5 }).addTo(map);
  }
  L.circleMarker(at, { radius: 9, renderer, interactive: false, className: 'pin-place', weight: 3 }).addTo(map);
  let labels = addAreaLabels(map);
  return async () => {
    await refreshGround(map);
    tell();
    (await labels)();
    labels = addAreaLabels(map, () => getJson(address('/api/v1/areas'), { cache: 'no-cache' }));
  };
}
