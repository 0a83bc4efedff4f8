import L from '../shared/leaflet.js';
import { el } from '../shared/dom.js';
import { inside, roomy } from './rules.js';

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
    map.on('zoomend', () => queueMicrotask(() => this.layout())); // once the names have their places
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

  /** Where names stand, in pixels of the map: they claim their place before the signs. */
  names() {
    const { left, top } = this.map.getContainer().getBoundingClientRect();
    return [...this.map.getPane('names')?.querySelectorAll('.pin-name:not([hidden])') ?? []]
      .map((node) => node.getBoundingClientRect())
      .map((box) => ({ left: box.left - left, right: box.right - left, top: box.top - top, bottom: box.bottom - top }));
  }

  layout() {
    const zoom = this.map.getZoom();
    const places = this.pins.map(({ item }) => this.map.project(item.at, zoom));
    const numbered = roomy(places, this.pins.findIndex(({ item }) => item === this.chosen));
    const names = this.names();
    this.pins.forEach(({ item, marker }, index) => {
      const under = item !== this.chosen && names.some((box) => inside(this.map.latLngToContainerPoint(item.at), box));
      const node = marker.getElement()?.firstElementChild;
      if (!node) return;
      node.classList.toggle('dot', under || !numbered[index]);
      node.classList.toggle('chosen', item === this.chosen);
      marker.setZIndexOffset(item === this.chosen ? 100_000 : this.pins.length - index + (numbered[index] ? 10_000 : 0));
    });
  }
}
