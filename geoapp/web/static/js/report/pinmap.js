/**
 * The map under the fixed pin: the citizen moves the map, the pin stays.
 *
 * Wraps the Leaflet map that the server's shell has put into the page. Reports
 * every rest of the map; draws the kelurahan under the pin and the GPS circle.
 */

import { ANNOUNCE_MS, REST_MS } from './limits.js';

const STEP_PX = 16;
const LEAP_PX = 96;
const GPS_ZOOM = 17;
/** Names of kelurahan stand on the map from here on. */
const NAMES_ZOOM = 13;
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

    /** Zoom out around a pin at *place* until the name of *feature* and some of its edge are in view. */
    showAround(feature, { lon, lat, zoom }) {
      silently(() => map.invalidateSize({ animate: false, pan: false }));
      const half = map.getSize().divideBy(2);
      const seen = ([x, y], at) => {
        const off = map.project([y, x], at).subtract(map.project([lat, lon], at));
        return Math.abs(off.x) < half.x - EDGE_PX.x && Math.abs(off.y) < half.y - EDGE_PX.y;
      };
      const corners = feature.geometry.coordinates.flat(feature.geometry.type === 'Polygon' ? 1 : 2);
      const enough = (at) => seen(feature.properties.label, at) && corners.some((corner) => seen(corner, at));
      let at = Math.round(zoom);
      while (at > NAMES_ZOOM && !enough(at)) at -= 1;
      this.show(lon, lat, at);
    },

    /** The box of the map has changed: keep the same place under the pin. */
    resize() {
      silently(() => map.invalidateSize({ animate: false, pan: true }));
    },
  };
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
