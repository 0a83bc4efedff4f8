/** What every small map of these pages does with the shell's map before anything is drawn. */

import { config } from '../shared/config.js';

/**
 * The shell's map, or null when it could not be built. (Its element has the same id, and
 * browsers offer elements with an id as globals: only a real map counts.)
 *
 * @returns {L.Map|null}
 */
export function shellMap() {
  const map = window[config.map_variable ?? 'geoapp_map'];
  return window.L && map instanceof window.L.Map ? map : null;
}

/**
 * Allow fine zooming, and tell the style whether base tiles lie below: once they have come, and no
 * more when they cannot be reached.
 *
 * @param {L.Map} map
 * @returns {string|null}  the credit the base tiles ask for
 */
export function prepareGround(map) {
  const { L } = window;
  map.options.zoomSnap = 0.25;
  const region = map.getContainer().closest('.r-map');
  region?.classList.toggle('has-tiles', Boolean(region.querySelector('.leaflet-tile-loaded')));
  let tiles = false;
  let failures = 0;
  map.eachLayer((layer) => {
    if (!(layer instanceof L.TileLayer)) return;
    tiles = true;
    layer.on('tileload', () => { failures = 0; region?.classList.add('has-tiles'); });
    layer.on('tileerror', () => { failures += 1; if (failures > 1) region?.classList.remove('has-tiles'); });
  });
  return tiles ? config.tile_attribution ?? null : null;
}

/**
 * Show the whole city.
 *
 * @param {L.Map} map
 * @returns {boolean}  false while the map has no size to fit it into (Leaflet would answer NaN)
 */
export function fitCity(map) {
  const [west, south, east, north] = config.city.bbox ?? [];
  const { x, y } = map.getSize();
  if (north === undefined || !x || !y) return false;
  map.fitBounds([[south, west], [north, east]], { animate: false, padding: [8, 8] });
  return true;
}
