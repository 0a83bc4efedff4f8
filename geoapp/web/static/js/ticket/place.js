/** The small map of one place: a pin, or a circle where the place is shown up to so many metres off. */

import { prepareGround } from '../report/ground.js';
import { addAreaLabels } from '../report/labels.js';

const ZOOM = 15.5;

/**
 * @param {L.Map|null} map  the shell's map; nothing happens without one
 * @param {number} lon  degrees, the public position
 * @param {number} lat  degrees
 * @param {number} withinM  how far off the position is at most, 0 when exact
 */
export function showPlace(map, lon, lat, withinM) {
  if (!map) return;
  const { L } = window;
  const at = L.latLng(lat, lon);
  const renderer = L.svg({ padding: 0.5 });
  const credit = prepareGround(map);
  const line = map.getContainer().closest('.r-map')?.querySelector('.r-attr');
  if (credit && line) line.textContent = [line.textContent, credit].filter(Boolean).join(' · ');
  map.setView(at, ZOOM, { animate: false });
  map.scrollWheelZoom.disable(); // the page scrolls; two fingers and the keys still zoom
  if (withinM > 0) {
    L.circle(at, { radius: withinM, renderer, interactive: false, className: 'pin-accuracy', weight: 1.5 }).addTo(map);
  }
  L.circleMarker(at, { radius: 9, renderer, interactive: false, className: 'pin-place', weight: 3 }).addTo(map);
  addAreaLabels(map);
}
