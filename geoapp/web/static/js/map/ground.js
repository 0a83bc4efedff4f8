import L from '../shared/leaflet.js';
import { address, getJson } from '../shared/api.js';
import { config } from '../shared/config.js';

/** What the shell draws, from below: the style's class, the pane, the name in /live/ground.json. */
const DRAWN = [
  ['m-land', 'land', 'land'], ['m-kel', 'lines', 'kelurahan'], ['m-kec', 'lines', 'kecamatan'], ['m-city', 'lines', 'city'],
];

/** A style that holds its class and nothing else: one made within a function would keep alive all that it sees there. */
const classed = (className) => () => ({ className });

/**
 * Put the land and lines in force now in the place of those the page came with, and tell the page's
 * configuration which boundaries they are.
 *
 * @param {L.Map} map the shell's
 * @returns {Promise<void>} rejects like getJson; the map then keeps what it shows
 */
export async function refreshGround(map) {
  const { boundaries, ...shapes } = await getJson(address('/live/ground.json'));
  config.city.boundaries = boundaries;
  const panes = new Set(DRAWN.map(([, pane]) => pane));
  const before = [];
  map.eachLayer((layer) => { if (layer instanceof L.GeoJSON && panes.has(layer.options.pane)) before.push(layer); });
  for (const [className, pane, name] of DRAWN) {
    if (!shapes[name]?.coordinates?.length) continue;
    const feature = { type: 'Feature', properties: {}, geometry: shapes[name] };
    L.geoJSON(feature, { pane, smoothFactor: 0.3, interactive: false, style: classed(className) }).addTo(map);
  }
  for (const layer of before) layer.remove();
}
