/** The map of the page: numbered jobs, one's own place, the shape one draws. */

import { fitCity, prepareGround, shellMap } from '../report/ground.js';
import { addAreaLabels } from '../report/labels.js';
import { config } from '../shared/config.js';
import { el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { gather, stopLabel } from './rules.js';

const JOB_ZOOM = 17;
/** Without base tiles a street says nothing: the kelurahan around it does. */
const PLAIN_ZOOM = 15;
const FIT_ZOOM = 16;
/** Two numbers need this much between their middles to be read, and to be hit. */
const STOP_GAP = 30;
// One's own place lies under the names of the areas (450), the jobs over them.
const PANES = [['shape', 380], ['own', 440], ['jobs', 640]];

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
  credit.textContent = [config.city.simulated ? t('credit_simulated') : null, config.city.boundaries?.approximate ? t('approximate') : null, tiles].filter(Boolean).join(' · ');
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
  let shown = { features: [], selected: null };
  let fanned = null; // the first ticket of the stop that is spread out
  map.on('zoomend', () => { fanned = null; drawJobs(); });
  map.on('click', ({ latlng }) => {
    if (fanned && !drawing) { fanned = null; drawJobs(); }
    if (drawing) on.corner([latlng.wrap().lng, latlng.lat]);
  });
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

  const placed = ({ geometry: { coordinates: [lon, lat] } }) => L.latLng(lat, lon);

  /** Numbers that would cover each other at *zoom* as one stop. */
  function groupsAt(zoom, members) {
    const points = members.map(({ feature }) => map.project(placed(feature), zoom));
    return gather(points, STOP_GAP).map((indices) => indices.map((index) => members[index]));
  }

  function stop(group, at, press) {
    const { selected, features } = shown;
    const has = (test) => group.some(({ feature: { properties } }) => test(properties));
    const chosen = has(({ ticket }) => ticket === selected);
    const classes = ['f-stop', group.length > 1 ? 'many' : '', has(({ deadline }) => deadline.state === 'overdue') ? 'over' : '', chosen ? 'next' : ''];
    const node = el('span', { class: classes.filter(Boolean).join(' '), 'aria-hidden': 'true' }, stopLabel(group.map(({ index }) => index)));
    sign(node, at, { pane: 'jobs', zIndexOffset: chosen ? 5000 : features.length - group[0].index })
      .on('click', () => { if (!drawing) press(); }).addTo(jobs);
  }

  function drawJobs() {
    if (map.getZoom() === undefined) return;
    jobs.clearLayers();
    const members = shown.features.map((feature, index) => ({ feature, index })).filter(({ feature }) => feature.geometry);
    for (const group of groupsAt(map.getZoom(), members)) {
      const first = group[0].feature;
      if (group.length === 1) stop(group, placed(first), () => on.open(first.properties.ticket));
      else if (first.properties.ticket === fanned) fan(group);
      else stop(group, placed(first), () => spread(group));
    }
  }

  /** A stop of several: nearer, where that tells them apart; else in a ring around the place. */
  function spread(group) {
    const bounds = L.latLngBounds(group.map(({ feature }) => placed(feature)));
    const zoom = Math.min(map.getBoundsZoom(bounds.pad(0.5)), tiles ? JOB_ZOOM + 1 : JOB_ZOOM);
    if (zoom > map.getZoom() && groupsAt(zoom, group).length > 1) {
      map.setView(bounds.getCenter(), zoom, { animate: false });
      return;
    }
    fanned = group[0].feature.properties.ticket;
    drawJobs();
  }

  function fan(group) {
    const middle = map.latLngToLayerPoint(placed(group[0].feature));
    // As far apart as a thumb needs, the first one on top.
    const radius = Math.max(34, (group.length * 44) / (2 * Math.PI));
    group.forEach((one, turn) => {
      const angle = (2 * Math.PI * turn) / group.length - Math.PI / 2;
      const at = map.layerPointToLatLng(middle.add([radius * Math.cos(angle), radius * Math.sin(angle)]));
      L.polyline([placed(group[0].feature), at], { pane: 'shape', interactive: false, className: 'f-leg', weight: 1.5 }).addTo(jobs);
      stop([one], at, () => on.open(one.feature.properties.ticket));
    });
  }

  return {
    /** Number the jobs in their order; the selected one stands out. */
    showJobs(features, selected) {
      shown = { features, selected };
      drawJobs();
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
