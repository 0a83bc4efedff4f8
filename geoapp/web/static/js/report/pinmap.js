/**
 * The map under the fixed pin: the citizen moves the map, the pin stays.
 *
 * Wraps the Leaflet map that the server's shell has put into the page. Reports
 * every rest of the map; draws the kelurahan under the pin and the GPS circle.
 */

import { el } from '../shared/dom.js';
import { ANNOUNCE_MS, REST_MS } from './limits.js';

const STEP_PX = 16;
const LEAP_PX = 96;
const GPS_ZOOM = 17;
/** How far in and out the map goes to show the pin beside an edge. */
const CLOSEST_ZOOM = 19;
const WIDEST_ZOOM = 13;
const EDGE_PX = { x: 56, y: 24 };
const ARROWS = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/**
 * Take over *map* for pointing.
 *
 * @param {L.Map} map  the shell's map
 * @param {object} on
 * @param {(at: {lon: number, lat: number, zoom: number}) => void} on.rest
 *   called REST_MS after a movement by the citizen has ended
 * @param {() => void} on.move  called as soon as the map starts to leave its place
 */
export function createPinMap(map, on) {
  const { L } = window;
  const container = map.getContainer();
  const renderer = L.svg({ padding: 0.5 });
  let timer = null;
  let pointing = false;
  let silent = false;
  let highlighted = null;
  let highlightedCode = null;
  let circle = null;
  // So close the names on the map are mostly out of view: the one that is tinted stands at the map's edge.
  const named = el('span.pin-here', { 'aria-hidden': 'true', hidden: true });
  container.append(named);

  // The tint lies under the boundary lines, its own edge over them.
  for (const [pane, zIndex] of [['pin-fill', 230], ['pin-line', 360]]) {
    const node = map.createPane(pane);
    node.style.zIndex = zIndex;
    node.style.pointerEvents = 'none';
  }
  map.keyboard.disable();
  // Zooming must not move the pin off its place: it happens around the centre.
  map.options.scrollWheelZoom = 'center';
  map.options.doubleClickZoom = 'center';
  map.options.touchZoom = 'center';

  map.on('movestart', () => {
    if (pointing && !silent) on.move();
  });
  map.on('moveend', () => {
    clearTimeout(timer);
    if (!pointing || silent) return;
    timer = setTimeout(() => on.rest(position()), REST_MS);
  });
  map.on('click', (event) => {
    if (pointing) map.panTo(event.latlng);
  });
  container.addEventListener('keydown', (event) => {
    if (!pointing || event.target !== container || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = event.shiftKey ? LEAP_PX : STEP_PX;
      map.panBy([arrow[0] * step, arrow[1] * step], { animate: false });
    } else if (event.key === '+' || event.key === '=') {
      map.zoomIn(1);
    } else if (event.key === '-') {
      map.zoomOut(1);
    } else {
      return;
    }
    event.preventDefault();
  });

  function position() {
    const centre = map.getCenter().wrap();
    // Six decimals are 11 cm: finer than any finger, and stable in the draft.
    return {
      lon: Number(centre.lng.toFixed(6)),
      lat: Number(centre.lat.toFixed(6)),
      zoom: map.getZoom(),
    };
  }

  /** Move by *action* without counting as the citizen's own movement. */
  function silently(action) {
    silent = true;
    try {
      return action();
    } finally {
      silent = false;
    }
  }

  return {
    position,
    silently,

    /** Put the pin on a place. */
    show(lon, lat, zoom) {
      silently(() => map.setView([lat, lon], zoom, { animate: false }));
    },

    /** Let the citizen point (true), or only look (false). */
    setPointing(value) {
      pointing = value;
      named.hidden = true;
      clearTimeout(timer);
      for (const handler of ['dragging', 'touchZoom', 'scrollWheelZoom', 'doubleClickZoom']) {
        map[handler]?.[value ? 'enable' : 'disable']();
      }
      container.tabIndex = value ? 0 : -1;
    },

    /** Put the pin on a GPS fix and draw how far off it may be. */
    showFix(lon, lat, accuracyM) {
      circle?.remove();
      circle = L.circle([lat, lon], {
        radius: accuracyM, renderer, interactive: false, className: 'pin-accuracy', weight: 1.5,
      }).addTo(map);
      const fits = map.getBoundsZoom(L.latLng(lat, lon).toBounds(accuracyM * 2.4));
      map.setView([lat, lon], Math.max(map.getMinZoom(), Math.min(GPS_ZOOM, fits)), {
        animate: false,
      });
    },

    /** Say in the map's name where the pin stands. */
    describe(text) {
      container.setAttribute('role', 'application');
      container.setAttribute('aria-label', text);
    },

    clearFix() {
      circle?.remove();
      circle = null;
    },

    /** Metres from the pin to a place. */
    distanceM(lon, lat) {
      return map.distance(map.getCenter(), [lat, lon]);
    },

    /** Tint the kelurahan under the pin; null takes the tint away. */
    highlight(feature) {
      const code = feature?.properties?.code ?? null;
      if (code === highlightedCode) return;
      named.hidden = true;
      highlighted?.remove();
      highlightedCode = code;
      highlighted = feature && L.layerGroup(['fill', 'line'].map((part) => L.geoJSON(feature, {
        pane: `pin-${part}`, interactive: false, style: () => ({ className: `pin-${part}`, weight: 2 }),
      }))).addTo(map);
    },

    /** Fit the whole polygon; for places known only by their kelurahan. */
    fitArea(feature) {
      if (!map.getSize().y) return;
      const bounds = L.geoJSON(feature).getBounds();
      silently(() => map.fitBounds(bounds, { animate: false, padding: [24, 24] }));
    },

    /** As near around a pin at *place* as the edge of *feature* that is nearest to it stays in view. */
    showAround(feature, { lon, lat }) {
      silently(() => map.invalidateSize({ animate: false, pan: false }));
      const half = map.getSize().divideBy(2);
      const rings = feature.geometry.coordinates.flat(feature.geometry.type === 'Polygon' ? 0 : 1);
      const here = map.project([lat, lon], 0);
      const [x, y] = nearestEdge(rings.map((ring) => ring.map(([lng, lt]) => {
        const { x: px, y: py } = map.project([lt, lng], 0);
        return [px - here.x, py - here.y];
      })));
      this.show(lon, lat, edgeZoom([x, y], [half.x - EDGE_PX.x, half.y - EDGE_PX.y]));
      const { name, label: [lng, lt] } = feature.properties;
      named.textContent = name;
      named.hidden = map.getBounds().contains([lt, lng]);
    },

    /** The box of the map has changed: keep the same place under the pin. */
    resize() {
      silently(() => map.invalidateSize({ animate: false, pan: true }));
    },
  };
}

/**
 * The point of *rings* that is nearest to the origin.
 *
 * @param {number[][][]} rings  closed rings of [x, y]
 * @returns {number[]}  [x, y]
 */
export function nearestEdge(rings) {
  let best = [Infinity, Infinity];
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i += 1) {
      const [[ax, ay], [bx, by]] = [ring[i - 1], ring[i]];
      const [dx, dy] = [bx - ax, by - ay];
      const along = Math.min(1, Math.max(0, -(ax * dx + ay * dy) / (dx * dx + dy * dy || 1)));
      const point = [ax + along * dx, ay + along * dy];
      if (Math.hypot(...point) < Math.hypot(...best)) best = point;
    }
  }
  return best;
}

/**
 * The closest zoom at which *edge* lies within *room* of the map's middle.
 *
 * @param {number[]} edge  [x, y] from the middle, in pixels of zoom 0
 * @param {number[]} room  [x, y] in pixels
 */
export function edgeZoom([x, y], [roomX, roomY]) {
  const fits = Math.min(Math.log2(roomX / Math.abs(x)), Math.log2(roomY / Math.abs(y)));
  return Math.max(WIDEST_ZOOM, Math.min(CLOSEST_ZOOM, Math.floor(fits)));
}

/**
 * Say *text* in a polite live region once nothing newer has come for ANNOUNCE_MS
 * minus the REST_MS that have already passed.
 *
 * @param {HTMLElement} region  an element with role="status"
 * @returns {(text: string) => void}
 */
export function createAnnouncer(region) {
  let timer = null;
  return (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      region.textContent = text;
    }, ANNOUNCE_MS - REST_MS);
  };
}

/**
 * Ask the device where it is.
 *
 * @returns {Promise<{lon: number, lat: number, accuracyM: number}>}
 *   rejects with 'unsupported', 'denied', 'unavailable' or 'timeout'
 */
export function deviceFix() {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation || !window.isSecureContext) {
      reject(new Error('unsupported'));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({
        lon: coords.longitude, lat: coords.latitude, accuracyM: coords.accuracy,
      }),
      (error) => reject(new Error(['', 'denied', 'unavailable', 'timeout'][error.code] ?? 'unavailable')),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 20_000 },
    );
  });
}
