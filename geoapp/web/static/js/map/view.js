import L from '../shared/leaflet.js';
import { config } from '../shared/config.js';
import { reducedMotion } from '../shared/dom.js';
import { Sheet, peekPx } from './sheet.js';

const PHONE_ZOOM = 12.25;

/** Where the map looks: the first view, the whole city, and room beside panels. */
export class View {
  /**
   * @param {L.Map} map
   * @param {{card: HTMLElement, saved: () => object|null}} options
   */
  constructor(map, { card }) {
    Object.assign(this, { map, card });
    Object.assign(map.options, { zoomSnap: 0.25, zoomDelta: 1, wheelPxPerZoomLevel: 90, minZoom: 9, maxZoom: 19 });
    if (reducedMotion()) {
      map._zoomAnimated = false; // Leaflet reads the option only when it makes the map
      Object.assign(map.options, { inertia: false, fadeAnimation: false });
    }
    map.setMinZoom(9);
    map.setMaxZoom(19);
    this.bounds = drawnBounds(map) ?? boundsOf(config.city?.bbox);
    if (this.bounds) map.setMaxBounds(this.bounds.pad(1.2));
  }

  /** Pixels of the map covered by panels: [left, top, right, bottom]. */
  cover(withCard = !this.card.hidden) {
    if (Sheet.active) return [8, 124, 8, (withCard ? this.card.offsetHeight : peekPx()) + 8];
    return [24, 24, withCard ? this.card.offsetWidth + 32 : 24, 24];
  }

  /** Where no name should stand. The card counts not: names would jump when it opens. */
  frame() {
    const [left, top, right, bottom] = this.cover(false);
    const corner = this.map.getContainer().getBoundingClientRect();
    const things = [...document.querySelectorAll('.mapctl, .legend, .base-note:not([hidden]), .attr')].map((node) => {
      const box = node.getBoundingClientRect();
      return [box.left - corner.left, box.top - corner.top, box.right - corner.left, box.bottom - corner.top];
    });
    return { things, sides: Sheet.active ? [4, top, 4, bottom + 20] : [left - 16, top - 16, right - 16, bottom - 8] };
  }

  /** Show *bounds* in the free part of the map, at once. */
  fit(bounds, maxZoom = 16) {
    // A zoom under way would set the map back to where it was going.
    if (this.map._animatingZoom) { this.map.once('zoomend', () => this.fit(bounds, maxZoom)); return; }
    const [left, top, right, bottom] = this.cover();
    this.map.fitBounds(bounds, { paddingTopLeft: [left, top], paddingBottomRight: [right, bottom], maxZoom, animate: false });
  }

  /** The whole city. */
  home() {
    if (this.bounds) this.fit(this.bounds);
  }

  /** The first view: the one of the address bar, else the city (on a phone its middle). */
  start(saved) {
    if (saved) { this.map.setView([saved.lat, saved.lon], saved.zoom, { animate: false }); return; }
    const [lon, lat] = config.city?.centre ?? [0, 0];
    this.home();
    if (Sheet.active && this.map.getZoom() < PHONE_ZOOM) {
      const [, top, , bottom] = this.cover();
      const middle = this.map.project([lat, lon], PHONE_ZOOM).add([0, (bottom - top) / 2]);
      this.map.setView(this.map.unproject(middle, PHONE_ZOOM), PHONE_ZOOM, { animate: false });
    }
  }

  /** Move only as far as needed for the place [lon, lat] to be clear of panels. */
  reveal([lon, lat]) {
    const [left, top, right, bottom] = this.cover();
    const size = this.map.getSize();
    const at = this.map.latLngToContainerPoint([lat, lon]);
    const room = 40;
    const shift = (value, low, high) => (low > high ? value - (low + high) / 2 : Math.min(0, value - low) || Math.max(0, value - high));
    const by = [shift(at.x, left + room, size.x - right - room), shift(at.y, top + room, size.y - bottom - room)];
    if (by[0] || by[1]) this.map.panBy(by, { animate: false });
  }

  /** What tiles are needed for. */
  tiles() {
    const bounds = this.map.getBounds();
    return { zoom: this.map.getZoom(), box: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()] };
  }
}

/** The box of the land as the shell has drawn it (the city's envelope has a margin); null without. */
function drawnBounds(map) {
  const bounds = L.latLngBounds([]);
  map.eachLayer((layer) => {
    if (layer instanceof L.Path && layer.options.className === 'm-land') bounds.extend(layer.getBounds());
  });
  return bounds.isValid() ? bounds : null;
}

/** [w, s, e, n] → Leaflet bounds; null for none. */
export function boundsOf(box) {
  return box ? L.latLngBounds([box[1], box[0]], [box[3], box[2]]) : null;
}

