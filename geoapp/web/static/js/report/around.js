/** Reports alike on the small map: the circle that was searched, and each report by its number. */

import { groupOf } from '../shared/config.js';
import { el } from '../shared/dom.js';

const MARGIN_PX = 10;
/** Numbers closer than this would cover each other: they share one sign. */
const TOGETHER_PX = 24;
const CLOSEST_ZOOM = 19;

/**
 * Numbers that lie on each other, together.
 *
 * @param {{x: number, y: number}[]} points  in pixels, in the order of their numbers
 * @returns {number[][]}  indices of the points of each sign
 */
export function together(points) {
  const signs = [];
  points.forEach((point, index) => {
    const near = signs.find(([first]) => Math.hypot(points[first].x - point.x, points[first].y - point.y) < TOGETHER_PX);
    if (near) near.push(index);
    else signs.push([index]);
  });
  return signs;
}

/**
 * @param {L.Map} map
 */
export function createAround(map) {
  const { L } = window;
  const renderer = L.svg({ padding: 0.5 });
  let drawn = null;

  return {
    clear() {
      drawn?.remove();
      drawn = null;
    },

    /**
     * @param {{lon: number, lat: number}} place
     * @param {{radius_m: number, complaints: {lon: number, lat: number, group: string}[]}} found
     * @param {(index: number) => void} open  a number was chosen
     */
    show(place, found, open) {
      this.clear();
      const here = [place.lat, place.lon];
      const bounds = L.latLng(here).toBounds(2 * found.radius_m);
      const zoom = map.getBoundsZoom(bounds, false, L.point(2 * MARGIN_PX, 2 * MARGIN_PX));
      map.setView(here, Math.max(map.getMinZoom(), Math.min(CLOSEST_ZOOM, zoom)), { animate: false });
      const ring = L.circle(here, { radius: found.radius_m, renderer, interactive: false, className: 'around-ring', weight: 1.5 });
      const points = found.complaints.map(({ lon, lat }) => map.latLngToContainerPoint([lat, lon]));
      const signs = together(points).map((indices) => {
        const { lon, lat, group } = found.complaints[indices[0]];
        const text = indices.map((index) => index + 1).join(', ');
        const sign = el(`span.around-k.g-${groupOf(group).code}`, { 'aria-hidden': 'true' }, text);
        return L.marker([lat, lon], { icon: L.divIcon({ className: 'around-at', html: sign, iconSize: [0, 0] }), keyboard: false })
          .on('click', () => open(indices[0]));
      });
      drawn = L.layerGroup([ring, ...signs.reverse()]).addTo(map);
    },
  };
}
