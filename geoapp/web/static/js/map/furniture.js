import L from '../shared/leaflet.js';
import { config } from '../shared/config.js';
import { byId, el } from '../shared/dom.js';
import { distance } from '../shared/format.js';
import { t } from '../shared/i18n.js';

/** What stands around the map: scale bar, credit, base map state, the name of where one is. */

/** Keep the scale bar in step with the map. */
export function scaleBar(map) {
  const bar = byId('scale-bar');
  const text = byId('scale-text');
  const update = () => {
    const y = map.getSize().y / 2;
    const metres = map.distance(map.containerPointToLatLng([0, y]), map.containerPointToLatLng([100, y]));
    if (!metres) return;
    const power = 10 ** Math.floor(Math.log10(metres));
    const round = [5, 2, 1].map((step) => step * power).find((value) => value <= metres) ?? power;
    bar.style.width = `${Math.round((round / metres) * 100)}px`;
    text.textContent = distance(round);
  };
  map.on('zoomend moveend resize', update);
  update();
}

/** Sources, blurred positions (staff sees true ones), approximate boundaries, simulated data: said where they are seen. */
export function credit({ blurred = true } = {}) {
  const simulated = config.city?.simulated;
  const boundaries = config.city?.boundaries ?? {};
  const parts = [];
  // How approximate ones were made takes a sentence; the page about the map has it.
  if (boundaries.approximate) parts.push(t('credit_approximate'));
  else if (boundaries.source) parts.push(t('credit_boundaries', { source: boundaries.source }));
  parts.push(t(blurred ? 'credit_blurred' : 'credit_exact'));
  if (simulated) parts.push(t('credit_simulated'));
  const attr = byId('attr');
  attr.textContent = parts.join(' · ');
  if (config.tile_url && config.tile_attribution) attr.append(' · ', ...attribution(config.tile_attribution));
  // On a phone the legend stands above the credit, however many lines that takes.
  if (attr.dataset.watched) return; // said anew: other boundaries are in force
  attr.dataset.watched = 'yes';
  const room = byId('content');
  new ResizeObserver(() => room.style.setProperty('--credit', `${attr.parentElement.offsetHeight}px`)).observe(attr.parentElement);
}

/** An attribution's text and its links, and nothing else of its markup. */
function attribution(markup) {
  const { body } = new DOMParser().parseFromString(markup, 'text/html');
  return [...body.childNodes].map((node) => {
    const safe = node.nodeName === 'A' && /^https?:/.test(node.getAttribute('href') ?? '');
    return safe ? el('a', { href: node.getAttribute('href'), rel: 'noopener' }, node.textContent) : node.textContent;
  });
}

/**
 * Land is drawn by us until the base map has come, and again when it cannot be reached; *moved* is told
 * when the note about that comes or goes, as labels keep clear of it.
 */
export function baseMap(map, moved) {
  const region = byId('map-region');
  const note = byId('base-note');
  let failures = 0;
  const tell = (missing) => {
    if (note.hidden === !missing) return;
    note.hidden = !missing;
    moved();
  };
  map.eachLayer((layer) => {
    if (!(layer instanceof L.TileLayer)) return;
    layer.on('tileload', () => {
      failures = 0;
      region.classList.add('has-tiles');
      tell(false);
    });
    layer.on('tileerror', () => {
      failures += 1;
      if (failures < 2) return;
      region.classList.remove('has-tiles');
      tell(true);
    });
  });
}

/** From zoom 16 on the kelurahan in the middle is named at the map's edge when its label is out of view. */
export function hereTag(map, areas, labels) {
  const tag = byId('here');
  const update = () => {
    const { lat, lng } = map.getCenter();
    const area = Math.round(map.getZoom()) >= 16 ? areas.at(lng, lat) : null;
    tag.hidden = !area || labels.shows(area.code);
    if (area) tag.textContent = [t('kelurahan_short', { name: area.name }), area.parentName && t('kecamatan_short', { name: area.parentName })].filter(Boolean).join(', ');
  };
  labels.placedAnew = update; // after every move, and when names give way to points
  update();
}

/** Ask the device where it is and show that place; *fail* gets the words when it cannot. */
export function locate(map, fail) {
  if (!navigator.geolocation) { fail(t('locate_failed')); return; }
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const [w, s, e, n] = config.city?.bbox ?? [-180, -90, 180, 90];
      const inside = coords.longitude >= w && coords.longitude <= e && coords.latitude >= s && coords.latitude <= n;
      if (inside) map.setView([coords.latitude, coords.longitude], Math.max(map.getZoom(), 16), { animate: false });
      else fail(t('locate_outside', { city: config.city?.name ?? '' }));
    },
    () => fail(t('locate_failed')),
    { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
  );
}
