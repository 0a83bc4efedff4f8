/** The map of the page: numbered jobs, one's own place, the shape one draws. */

import { fitCity, prepareGround, shellMap } from '../report/ground.js';
import { addAreaLabels } from '../report/labels.js';
import { config } from '../shared/config.js';
import { el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';

const JOB_ZOOM = 17;
/** Without base tiles a street says nothing: the kelurahan around it does. */
const PLAIN_ZOOM = 15;
const FIT_ZOOM = 16;
const PANES = [['shape', 380], ['own', 600], ['jobs', 640]];

/**
 * @param {HTMLElement} credit
 * @param {{open: (ticket: string) => void, corner: (at: [number, number]) => void}} on
 * @returns {object|null}  null when the map could not be built: the list works without
 */
export function fieldMap(credit, on) {
  const map = shellMap();
  if (!map) return null;
  const { L } = window;
  const tiles = prepareGround(map);
  credit.textContent = [config.city.boundaries?.approximate ? t('approximate') : null, tiles].filter(Boolean).join(' · ');
  for (const [name, zIndex] of PANES) map.createPane(name).style.zIndex = zIndex;
  const jobs = L.layerGroup().addTo(map);
  const own = L.layerGroup().addTo(map);
  const shape = L.layerGroup().addTo(map);
  const accuracy = L.layerGroup().addTo(map);
  let wanted = () => fitCity(map);
  let drawing = false;
  let corner = 0;
  new ResizeObserver(() => {
    map.invalidateSize({ animate: false, pan: false });
    // Corners already tapped stay under the finger.
    if (!corner) look(wanted);
  }).observe(map.getContainer());
  addAreaLabels(map);
  map.on('click', ({ latlng }) => { if (drawing) on.corner([latlng.wrap().lng, latlng.lat]); });
  // One's own looking around is not undone when the box of the map changes.
  map.on('dragstart zoomstart', () => { wanted = () => {}; });

  function look(where) {
    wanted = where;
    if (!map.getSize().y) return;
    where();
    wanted = where;
  }

  function sign(node, at, options) {
    return L.marker(at, { keyboard: false, icon: L.divIcon({ className: 'f-sign', html: node, iconSize: [44, 44] }), ...options });
  }

  return {
    /** Number the jobs in their order; the selected one stands out. */
    showJobs(features, selected) {
      jobs.clearLayers();
      features.forEach(({ geometry, properties }, index) => {
        if (!geometry) return;
        const classes = ['f-stop', properties.deadline.state === 'overdue' ? 'over' : '', properties.ticket === selected ? 'next' : ''].filter(Boolean);
        const node = el('span', { class: classes.join(' '), 'aria-hidden': 'true' }, String(index + 1));
        sign(node, [geometry.coordinates[1], geometry.coordinates[0]], { pane: 'jobs', zIndexOffset: properties.ticket === selected ? 5000 : features.length - index })
          .on('click', () => { if (!drawing) on.open(properties.ticket); })
          .addTo(jobs);
      });
    },
    /** Fit the jobs, and one's own place when it is not far from them. */
    fitJobs(features, at) {
      const points = features.filter(({ geometry }) => geometry).map(({ geometry: { coordinates: [lon, lat] } }) => [lat, lon]);
      if (!points.length) { look(() => fitCity(map)); return; }
      const bounds = L.latLngBounds(points);
      if (at && bounds.pad(0.5).contains([at.lat, at.lon])) bounds.extend([at.lat, at.lon]);
      look(() => map.fitBounds(bounds, { animate: false, maxZoom: FIT_ZOOM, paddingTopLeft: [32, 72], paddingBottomRight: [32, 56] }));
    },
    /** One job in the middle, with how far off its place may be. */
    showJob(geometry, accuracyM) {
      accuracy.clearLayers();
      if (!geometry) return;
      const [lon, lat] = geometry.coordinates;
      if (accuracyM) L.circle([lat, lon], { radius: accuracyM, pane: 'shape', interactive: false, className: 'pin-accuracy', weight: 1.5 }).addTo(accuracy);
      look(() => map.setView([lat, lon], tiles ? JOB_ZOOM : PLAIN_ZOOM, { animate: false }));
    },
    leaveJob() { accuracy.clearLayers(); },
    showOwn({ lon, lat, accuracyM }) {
      own.clearLayers();
      L.circle([lat, lon], { radius: Math.min(accuracyM, 2000), pane: 'shape', interactive: false, className: 'pin-accuracy', weight: 1.5 }).addTo(own);
      sign(el('span.f-own', { 'aria-hidden': 'true' }), [lat, lon], { pane: 'own', interactive: false }).addTo(own);
    },
    lookAt({ lon, lat }) { look(() => map.setView([lat, lon], Math.max(map.getZoom(), FIT_ZOOM - 1), { animate: false })); },
    /** Draw *corners*: an open line while drawing, the closed shape else. */
    showShape(corners, open) {
      drawing = open;
      corner = open ? corners.length : 0;
      map.getContainer().classList.toggle('drawing', open);
      // Two corners tapped in a hurry are no double tap.
      map.doubleClickZoom[open ? 'disable' : 'enable']();
      shape.clearLayers();
      if (!corners?.length) return;
      const ring = corners.map(([lon, lat]) => [lat, lon]);
      const options = { pane: 'shape', interactive: false, className: `f-shape${open ? ' open' : ''}`, weight: 3 };
      (open ? L.polyline(ring, options) : L.polygon(ring, options)).addTo(shape);
      if (open) for (const at of ring) sign(el('span.f-corner'), at, { pane: 'own', interactive: false }).addTo(shape);
    },
  };
}
