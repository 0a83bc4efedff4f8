/** Drawing and editing one polygon, with corners that snap to its neighbours (leaflet-geoman). */

import '@geoman-io/leaflet-geoman-free';
import { byId } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { cornerCount, joined, nearestCorner, polygonsOf } from './shape.js';

/**
 * @param {{map: L.Map, corners: [number, number][]}} ground
 * @param {object} options
 * @param {number} options.snapPx  how near, on the screen, a corner must come to snap
 * @param {(geometry: object|null) => void} options.changed
 */
export function createEditor({ map, corners }, { snapPx, changed }) {
  const { L } = window;
  // Only what says so takes part: the shell's lines are rounded, and nothing may snap to them.
  L.PM.setOptIn(true);
  if (!map.pm) {
    map.pm = new L.PM.Map(map);
    map.pm.setGlobalOptions({});
  }
  // snapMiddle off: the middle of a neighbour's edge is nobody's corner.
  const snapping = { snappable: true, snapDistance: snapPx, snapVertex: true, snapSegment: true, snapMiddle: false, allowSelfIntersection: false };
  const own = { className: 'a-own', pmIgnore: false, snapIgnore: true };
  const parts = { draw: byId('a-draw'), finish: byId('a-finish'), undo: byId('a-undo'), cancel: byId('a-cancel'), clear: byId('a-clear') };
  const told = byId('a-told');
  const hint = t('areas_snap', { n: snapPx });
  let geometry = null;
  let past = [];
  let layer = null;
  let drawing = null;
  let snapped = null;
  let on = false;

  const tell = (text) => { told.textContent = text; };

  function say() {
    parts.draw.hidden = Boolean(drawing);
    byId('a-draw-text').textContent = t(geometry ? 'areas_add' : 'areas_draw');
    parts.finish.hidden = parts.cancel.hidden = !drawing;
    const corners = drawing ? drawing.getLatLngs().length : 0;
    parts.finish.disabled = corners < 3;
    parts.undo.disabled = drawing ? corners < 1 : !past.length;
    parts.clear.disabled = Boolean(drawing) || !geometry;
    if (snapped) tell(`${t('areas_snapped', { name: snapped })} · ${t('areas_corners', { n: drawing ? corners : cornerCount(geometry) })}`);
    else if (drawing) tell(corners ? t('areas_next', { n: corners }) : t('areas_start', { snap: hint }));
    else tell(geometry ? t('areas_edit', { n: cornerCount(geometry), snap: hint }) : t('areas_none'));
  }

  function nameOf(feature) {
    if (!feature) return null;
    return feature.properties.kind === 'kelurahan' ? t('areas_kelurahan', { name: feature.properties.name }) : feature.properties.name;
  }

  /**
   * The nearest corner of any neighbour within reach, else the place on the nearest line. Geoman
   * itself asks the nearest line alone, which has no corner where another one ends on it.
   */
  function cornerFirst(pm) {
    const usual = Object.getPrototypeOf(pm)._checkPrioritiySnapping;
    pm._checkPrioritiySnapping = function snap(closest) {
      const at = map.latLngToContainerPoint(closest.latlng);
      const reach = L.latLngBounds([[-snapPx, -snapPx], [snapPx, snapPx]].map((by) => map.containerPointToLatLng(at.add(by))));
      const inReach = ([lon, lat]) => lon >= reach.getWest() && lon <= reach.getEast() && lat >= reach.getSouth() && lat <= reach.getNorth();
      const best = nearestCorner(corners.filter(inReach), ([lon, lat]) => map.latLngToContainerPoint([lat, lon]).distanceTo(at), snapPx);
      return best ? { lat: best[1], lng: best[0] } : usual.call(this, closest);
    };
  }

  function watchSnapping(target) {
    target.on('pm:snap', ({ layerInteractedWith }) => { snapped = nameOf(layerInteractedWith?.feature); say(); });
    target.on('pm:unsnap', () => { snapped = null; say(); });
  }

  /** Draw *geometry* anew, its corners to be dragged. */
  function paint() {
    layer?.pm?.disable();
    layer?.remove();
    layer = null;
    if (geometry) {
      const [shown] = L.geoJSON({ type: 'Feature', properties: {}, geometry }, { ...own, style: () => own }).getLayers();
      layer = shown.addTo(map);
      layer.on('pm:edit pm:vertexremoved', () => { take(layer.toGeoJSON(false).geometry); });
      layer.on('pm:remove', () => take(null));
      watchSnapping(layer);
      cornerFirst(layer.pm);
      if (on) layer.pm.enable(snapping);
    }
    snapped = null;
    say();
  }

  /** A change by hand: remembered, so that it can be undone. */
  function take(next) {
    const now = next && cornerCount(next) ? next : null;
    if (JSON.stringify(now) === JSON.stringify(geometry)) return;
    past.push(geometry);
    geometry = now;
    changed(geometry);
    if (!geometry) paint();
    snapped = null;
    say();
  }

  function stop() {
    if (drawing) map.pm.disableDraw();
  }

  cornerFirst(map.pm.Draw.Polygon);
  map.on('pm:drawstart', ({ workingLayer }) => {
    drawing = workingLayer;
    drawing.on('pm:vertexadded', say);
    watchSnapping(drawing);
    say();
  });
  map.on('pm:drawend', () => {
    drawing = snapped = null;
    if (on && layer) layer.pm.enable(snapping);
    say();
  });
  map.on('pm:create', ({ layer: made }) => {
    const drawn = made.toGeoJSON(false).geometry;
    made.remove();
    take(joined([geometry, drawn]));
    paint();
  });

  parts.draw.addEventListener('click', () => {
    layer?.pm.disable();
    map.pm.enableDraw('Polygon', { ...snapping, tooltips: false, continueDrawing: false, cursorMarker: true, templineStyle: { className: 'a-drawing' }, hintlineStyle: { className: 'a-hint' }, pathOptions: own });
    map.getContainer().focus();
  });
  parts.finish.addEventListener('click', () => map.pm.Draw.Polygon._finishShape());
  parts.cancel.addEventListener('click', stop);
  parts.undo.addEventListener('click', undo);
  parts.clear.addEventListener('click', () => {
    take(null);
    tell(t('areas_taken'));
  });
  document.addEventListener('keydown', (event) => {
    if (!on || event.target.closest('input, textarea, select')) return;
    if (event.key === 'Escape') stop();
    else if (event.key === 'Enter' && drawing && event.target === map.getContainer() && !parts.finish.disabled) map.pm.Draw.Polygon._finishShape();
    else if ((event.key === 'z' && (event.ctrlKey || event.metaKey)) || (event.key === 'Backspace' && drawing)) { event.preventDefault(); undo(); }
  });

  function undo() {
    if (drawing) {
      map.pm.Draw.Polygon._removeLastVertex();
      say();
    } else if (past.length) {
      geometry = past.pop();
      changed(geometry);
      paint();
    }
  }

  return {
    tell,
    stop,
    /** Take part or not: with another coverage nothing can be drawn. */
    enable(now) {
      if (!now) stop();
      on = now;
      byId('area-map').classList.toggle('drawing', now);
      document.querySelector('.a-tools').hidden = told.hidden = !now;
      if (layer) { if (now) layer.addTo(map).pm.enable(snapping); else { layer.pm.disable(); layer.remove(); } }
      say();
    },
    /** Show what was written or stored; that is no change by hand. */
    show(next) {
      stop();
      geometry = polygonsOf(next);
      past = [];
      paint();
    },
    bounds() { return layer?.getBounds(); },
  };
}
