import L from '../shared/leaflet.js';
import { el } from '../shared/dom.js';

/** Pixels that a numbered sign needs around itself. */
const ROOM_PX = 30;

/**
 * Which of *places* (pixels, the most important first) have room for a number; the others show as
 * small signs. Whoever is *chosen* always has.
 *
 * @param {{x: number, y: number}[]} places
 * @param {number} chosen  index, or -1
 * @returns {boolean[]}
 */
export function roomy(places, chosen = -1, room = ROOM_PX) {
  const cells = new Map();
  const key = (x, y) => `${Math.floor(x / room)}:${Math.floor(y / room)}`;
  const taken = ({ x, y }) => {
    for (let dx = -room; dx <= room; dx += room) {
      for (let dy = -room; dy <= room; dy += room) {
        const near = cells.get(key(x + dx, y + dy)) ?? [];
        if (near.some((other) => Math.abs(other.x - x) < room && Math.abs(other.y - y) < room)) return true;
      }
    }
    return false;
  };
  const put = (place) => {
    const at = key(place.x, place.y);
    cells.set(at, [...(cells.get(at) ?? []), place]);
  };
  if (places[chosen]) put(places[chosen]);
  return places.map((place, index) => {
    if (index === chosen) return true;
    if (taken(place)) return false;
    put(place);
    return true;
  });
}

/** Signs of faults, sized for the eye: a sliver of a hand's breadth is never seen by itself. */
export class Pins {
  /**
   * @param {L.Map} map
   * @param {(item: object) => void} pick  told which sign was clicked
   */
  constructor(map, pick) {
    this.map = map;
    this.pick = pick;
    this.pins = [];
    this.chosen = null;
    this.pane = map.createPane('faults');
    this.pane.style.zIndex = 620;
    map.on('zoomend', () => this.layout());
  }

  /** Show *items* ({sign, kind, at: L.LatLng}), the most important first. */
  show(items) {
    for (const { marker } of this.pins) marker.remove();
    this.chosen = null;
    this.pins = items.map((item, index) => {
      const sign = el('span.b-sign', {}, item.sign);
      sign.classList.add(item.kind);
      const icon = L.divIcon({ className: 'b-pins', html: el('span.b-pin', {}, sign), iconSize: [0, 0] });
      const marker = L.marker(item.at, { icon, pane: 'faults', keyboard: false, zIndexOffset: items.length - index }).addTo(this.map);
      marker.on('click', () => this.pick(item));
      return { item, marker };
    });
    this.layout();
  }

  /** Mark one sign as the chosen one. */
  choose(item) {
    this.chosen = item;
    this.layout();
  }

  layout() {
    const zoom = this.map.getZoom();
    const places = this.pins.map(({ item }) => this.map.project(item.at, zoom));
    const numbered = roomy(places, this.pins.findIndex(({ item }) => item === this.chosen));
    this.pins.forEach(({ item, marker }, index) => {
      const node = marker.getElement()?.firstElementChild;
      if (!node) return;
      node.classList.toggle('dot', !numbered[index]);
      node.classList.toggle('chosen', item === this.chosen);
      marker.setZIndexOffset(item === this.chosen ? 100_000 : this.pins.length - index + (numbered[index] ? 10_000 : 0));
    });
  }
}
