import { config } from '../shared/config.js';
import { byId } from '../shared/dom.js';
import { isOpen } from '../shared/deadline.js';
import { Areas } from '../map/areas.js';
import { ComplaintLayers } from '../map/complaints.js';
import { baseMap, credit, scaleBar } from '../map/furniture.js';
import { refreshGround } from '../map/ground.js';
import { Labels, standing } from '../map/labels.js';
import { fillLegend } from '../map/legend.js';
import { STEPS } from '../map/picture.js';
import { debounce } from '../map/rules.js';
import { TileStore } from '../map/tiles.js';
import { boundsOf } from '../map/view.js';
import * as state from './state.js';

const POINTS = new Set(['points']);

/** The same complaints as the list, at their true places. */
export class QueueMap {
  /**
   * @param {L.Map} map the shell's
   * @param {{onOpen: (ticket: string) => void, covered: () => number}} on *covered*: pixels on the right under the drawer
   */
  constructor(map, { onOpen, covered }) {
    Object.assign(this, { map, covered, areas: new Areas(), shown: false });
    Object.assign(map.options, { zoomSnap: 0.25, wheelPxPerZoomLevel: 90 });
    map.setMinZoom(9);
    map.setMaxZoom(19);
    map.keyboard?.disable();
    this.layers = new ComplaintLayers(map, {
      layers: () => POINTS, steps: () => STEPS, tip: byId('tip'),
      onPoint: (point, [lon, lat]) => { if (point.tickets.length === 1 || map.getZoom() >= 18) onOpen(point.ticket); else map.setView([lat, lon], 18, { animate: false }); },
      onCell: (cell, box) => map.fitBounds(boundsOf(box), { animate: false, maxZoom: 16 }),
    });
    this.labels = new Labels(map, this.areas, () => ({ points: this.layers.showsPoints ? this.layers.picture.points : [], selected: this.layers.place?.at ?? null }),
      () => ({ things: standing(map), sides: [8, 8, 8 + covered(), 28] }));
    const place = debounce(() => this.labels.layout(), 120);
    this.tiles = new TileStore(() => ({ zoom: map.getZoom(), box: edges(map) }), config.city?.bbox ?? null, () => {
      this.layers.setTiles(this.tiles.shown);
      place();
      this.legend();
    }, '/tiles/work');
    map.on('moveend', () => this.tiles.update());
    map.on('zoomend', () => { byId('map-region').classList.toggle('far', Math.round(map.getZoom()) < 12); this.layers.recount(); });
    for (const [id, run] of [['ctl-in', () => map.zoomIn()], ['ctl-out', () => map.zoomOut()], ['ctl-home', () => this.home()]]) byId(id).addEventListener('click', run);
    credit({ blurred: false });
    scaleBar(map);
    baseMap(map, place);
    this.place = place;
    this.loadAreas().then(() => { if (this.shown && !this.moved) this.home(); }, () => {});
    map.on('dragstart', () => { this.moved = true; });
    new ResizeObserver(() => this.resized()).observe(map.getContainer());
  }

  /** Fetch the areas, with names and the filters' list; *anew* when others are in force. */
  async loadAreas(anew = false) {
    await this.areas.load({ anew });
    const box = this.areas.kelurahan.reduce(([w, s, e, n], { box: b }) => [Math.min(w, b[0]), Math.min(s, b[1]), Math.max(e, b[2]), Math.max(n, b[3])], [180, 90, -180, -90]);
    if (this.areas.kelurahan.length) this.city = box; // the city's own box has a margin
    this.place();
    this.onAreas?.(this.areas);
  }

  /** Other boundaries are in force. */
  async boundaries() {
    await Promise.all([refreshGround(this.map), this.loadAreas(true)]);
    credit({ blurred: false });
    this.refresh();
  }

  /** The first time the map has a size it shows the whole city; later it keeps its place. */
  resized() {
    this.map.invalidateSize({ animate: false });
    const { x, y } = this.map.getSize();
    if (this.shown || !x || !y) return;
    this.shown = true;
    this.home();
    this.tiles.setQuery(tileQuery());
  }

  home() {
    const room = this.covered();
    this.map.fitBounds(boundsOf(this.city ?? config.city.bbox), { paddingTopLeft: [8, 8], paddingBottomRight: [8 + room, 24], animate: false });
  }

  filter() { if (this.shown) this.tiles.setQuery(tileQuery()); }

  refresh() { if (this.shown) this.tiles.refreshAll(); }

  /** Ring *complaint* and bring it into the free part; null takes the ring away. */
  select(complaint) {
    const place = complaint?.place ?? null;
    this.layers.select(place, complaint?.group);
    if (!place || !this.shown) return;
    const size = this.map.getSize();
    const at = this.map.latLngToContainerPoint([place[1], place[0]]);
    const right = size.x - this.covered() - 48;
    const by = [Math.min(0, at.x - 48) || Math.max(0, at.x - right), Math.min(0, at.y - 48) || Math.max(0, at.y - size.y + 60)];
    if (by[0] || by[1]) this.map.panBy(by, { animate: false });
  }

  legend() {
    const points = this.layers.showsPoints ? this.layers.picture.points : [];
    fillLegend(byId('legend-body'), {
      cells: this.layers.showsCells, steps: STEPS, hotspots: [], lately: false,
      open: points.some((point) => isOpen(point.status)), done: points.some((point) => !isOpen(point.status)), overdue: points.some((point) => point.over),
    });
  }
}

const tileQuery = () => state.query();

function edges(map) {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
}
