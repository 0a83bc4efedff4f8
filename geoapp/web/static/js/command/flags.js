import L from '../shared/leaflet.js';
import { config, groupOf, localName } from '../shared/config.js';
import { el } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { boundsOf } from '../map/view.js';
import { phone } from './view.js';

const SUREST = 99;
const MOST = () => (phone() ? 1 : 3); // a map full of flags alarms nobody

/** The surest clusters as alarms: a dashed circle around each, and a flag that says what it is. */
export class Flags {
  /**
   * @param {L.Map} map
   * @param {(cluster: object) => void} onLook called with one that was chosen
   */
  constructor(map, onLook) {
    Object.assign(this, { map, onLook, layer: L.layerGroup(), flags: [], drawn: false });
    map.on('zoomend', () => this.place());
    const pane = map.createPane('alarms');
    pane.style.zIndex = 410;
    pane.style.pointerEvents = 'none';
    map.createPane('flags').style.zIndex = 560;
  }

  hide() { this.draw(null); }

  /** @param {{clusters: object[], runs: object[]}|null} told the answer of /api/v1/hotspots; null draws none */
  draw(told) {
    this.layer.clearLayers();
    this.flags = [];
    const clusters = (told?.clusters ?? []).filter((cluster) => cluster.confidence >= SUREST).sort((a, b) => b.count - a.count).slice(0, MOST());
    for (const cluster of clusters) this.add({ ...cluster, bounds: boundsOf(cluster.bbox), run: told.runs?.find((run) => run.group === cluster.group) });
    this.drawn = clusters.length > 0;
    if (this.drawn) { this.layer.addTo(this.map); this.place(); } else this.layer.remove();
  }

  add(cluster) {
    const { bounds } = cluster;
    const middle = bounds.getCenter();
    const radius = Math.max(middle.distanceTo([bounds.getNorth(), middle.lng]), middle.distanceTo([middle.lat, bounds.getEast()])) * 1.1;
    L.circle(middle, { radius, pane: 'alarms', interactive: false, className: 'a-circle' }).addTo(this.layer);
    const around = middle.toBounds(2 * radius);
    const name = localName(groupOf(cluster.group).name);
    const days = cluster.run ? Math.round((Date.parse(cluster.run.window_to) - Date.parse(cluster.run.window_from)) / 86_400_000) : 30;
    const words = t('flag', { n: number(cluster.count), group: config.lang === 'en' ? name : name.toLowerCase(), days: number(days) });
    const button = el('button.c-flag', { type: 'button', title: cluster.kelurahan.join(', '), onclick: (event) => { event.stopPropagation(); this.onLook(cluster); } }, words);
    const marker = L.marker([around.getNorth(), middle.lng], { pane: 'flags', keyboard: false, icon: L.divIcon({ html: button, className: 'c-flag-at', iconSize: null }) }).addTo(this.layer);
    this.flags.push({ marker, button, around, lng: middle.lng });
  }

  /** A flag stands above its circle; where another one stands there already, below. */
  place() {
    const taken = [];
    const free = (box) => !taken.some((other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top);
    for (const { marker, button, around, lng } of this.flags) {
      for (const below of [false, true]) {
        marker.setLatLng([below ? around.getSouth() : around.getNorth(), lng]);
        button.classList.toggle('below', below);
        if (free(button.getBoundingClientRect())) break;
      }
      taken.push(button.getBoundingClientRect());
    }
  }
}
