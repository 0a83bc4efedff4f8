import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { address } from '../shared/api.js';

const CELLS_BITS = 6; // a tile carries 64 × 64 cells, unless its cells name another side
const KEEP = 160;

/** Tile zoom for a map zoom: one step coarser saves three of four requests; 12 keeps points. */
export function tileZoom(zoom) {
  const whole = Math.round(zoom);
  if (whole <= 11) return Math.max(0, whole - 1);
  return Math.min(16, Math.max(12, whole - 1));
}

/** Longitude and latitude → position in the unit square of web mercator, y down. */
export function world(lon, lat) {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
}

/** The tiles of *zoom* that touch both boxes [west, south, east, north]. */
export function covering(zoom, view, limits) {
  const [w, s, e, n] = limits
    ? [Math.max(view[0], limits[0]), Math.max(view[1], limits[1]), Math.min(view[2], limits[2]), Math.min(view[3], limits[3])]
    : view;
  if (w > e || s > n) return [];
  const size = 2 ** zoom;
  const [x0, y0] = world(w, n).map((v) => Math.floor(v * size));
  const [x1, y1] = world(e, s).map((v) => Math.floor(v * size));
  const tiles = [];
  for (let y = y0; y <= y1; y += 1) for (let x = x0; x <= x1; x += 1) tiles.push(`${zoom}/${x}/${y}`);
  return tiles;
}

/** Decode one tile into points (unit square) and cells (column and row of the grid of zoom + 6). */
export function decode(buffer, key) {
  const [z, x, y] = key.split('/').map(Number);
  const layers = new VectorTile(new PbfReader(buffer)).layers;
  // Cells may be any power of two a side; all of one tile are alike.
  const side = layers.cells?.length ? layers.cells.feature(0).properties.side ?? layers.cells.feature(0).extent / 2 ** CELLS_BITS : null;
  const bits = side ? Math.round(Math.log2(layers.cells.feature(0).extent / side)) : CELLS_BITS;
  const found = { key, points: [], cells: [], grid: z + bits, asCells: Boolean(layers.cells) };
  each(layers.points, (feature, px, py, extent) => {
    if (px < 0 || py < 0 || px >= extent || py >= extent) return; // the neighbour draws it
    found.points.push({ ...feature.properties, wx: (x + px / extent) / 2 ** z, wy: (y + py / extent) / 2 ** z });
  });
  each(layers.cells, (feature, px, py) => {
    // A cell is named by its lower left corner, so it lies above that y.
    found.cells.push({
      column: (x << bits) + Math.round(px / side),
      row: (y << bits) + Math.round(py / side) - 1,
      count: feature.properties.count,
      overdue: feature.properties.overdue ?? 0,
    });
  });
  return found;
}

function each(layer, visit) {
  for (let i = 0; i < (layer?.length ?? 0); i += 1) {
    const feature = layer.feature(i);
    const { x, y } = feature.loadGeometry()[0][0];
    visit(feature, x, y, feature.extent);
  }
}

/**
 * Keeps the tiles of the visible map. Old data stays on the screen until the new view is complete;
 * requests of views that were left are aborted.
 */
export class TileStore {
  /**
   * @param {() => {zoom: number, box: number[]}} view what the map shows
   * @param {number[]|null} limits box of the city; nothing is asked for outside it
   * @param {(reason: 'view'|'live') => void} changed called when there is something new to draw
   * @param {string} path of the tiles: the public ones, or those of staff
   * @param {(error: object|null) => void} refused told the server's error when it refuses the filters,
   *   null when they are others
   */
  constructor(view, limits, changed, path = '/tiles/complaints', refused = () => {}) {
    Object.assign(this, { view, limits, changed, path, refused, query: {}, cache: new Map(), running: new Map(), shown: [], failed: false });
    this.wanted = [];
    this.level = null;
  }

  /** Ask with other filters; what is drawn stays until the answers are in. */
  setQuery(query) {
    this.query = query;
    this.abort();
    this.cache = new Map();
    this.level = null;
    this.refused(null);
    this.update();
  }

  abort() {
    for (const controller of this.running.values()) controller.abort();
    this.running.clear();
  }

  /** Load what the present view needs. */
  update() {
    const { zoom, box } = this.view();
    const z = tileZoom(zoom);
    this.wanted = covering(z, box, this.limits);
    for (const [key, controller] of this.running) {
      if (!this.wanted.includes(key)) { controller.abort(); this.running.delete(key); }
    }
    for (const key of this.wanted) if (!this.cache.has(key) && !this.running.has(key)) this.load(key);
    this.settle('view');
  }

  async load(key) {
    const controller = new AbortController();
    this.running.set(key, controller);
    const cache = this.cache;
    const live = cache.has(key);
    try {
      const response = await fetch(address(`${this.path}/${key}.mvt`, this.query), { signal: controller.signal, cache: live ? 'no-cache' : 'default' });
      if (!response.ok) throw Object.assign(new Error(`tile ${key}: HTTP ${response.status}`), { status: response.status, answer: response.status === 422 ? await response.json().catch(() => null) : null });
      const buffer = await response.arrayBuffer();
      cache.set(key, decode(new Uint8Array(buffer), key));
      this.failed = false;
    } catch (error) {
      if (error.name === 'AbortError') return;
      this.failed = true;
      if (error.status === 422 && cache === this.cache) this.refused(error.answer?.error ?? {});
      // What was refused once is refused again; the list says which filter it was.
      if (!cache.has(key) && error.status !== 422) this.retry ??= setTimeout(() => { this.retry = null; this.update(); }, 5000);
    }
    if (this.running.get(key) === controller) this.running.delete(key);
    if (cache === this.cache) this.settle(live ? 'live' : 'view');
  }

  /** Show the wanted tiles: at once while panning, all together after a change of zoom or filter. */
  settle(reason) {
    const z = this.wanted[0]?.split('/')[0] ?? null;
    const ready = this.wanted.filter((key) => this.cache.has(key));
    const complete = this.running.size === 0;
    if (!complete && z !== this.level) return;
    this.level = z;
    this.shown = ready.map((key) => this.cache.get(key));
    if (this.cache.size > KEEP) for (const key of [...this.cache.keys()].slice(0, 40)) if (!this.wanted.includes(key)) this.cache.delete(key);
    this.changed(reason);
  }

  /**
   * Something happened at these places [lon, lat]: forget far tiles that hold one, fetch the visible
   * ones again, each once however many places it holds.
   */
  refresh(places) {
    const worlds = places.map(([lon, lat]) => world(lon, lat));
    for (const key of [...this.cache.keys()]) {
      const [z, x, y] = key.split('/').map(Number);
      if (!worlds.some(([wx, wy]) => Math.floor(wx * 2 ** z) === x && Math.floor(wy * 2 ** z) === y)) continue;
      if (!this.wanted.includes(key)) this.cache.delete(key);
      else { this.running.get(key)?.abort(); this.load(key); }
    }
  }

  /** Fetch everything visible again, keeping what is drawn meanwhile. */
  refreshAll() {
    for (const key of [...this.cache.keys()]) {
      if (this.wanted.includes(key)) { this.running.get(key)?.abort(); this.load(key); } else this.cache.delete(key);
    }
    this.update();
  }
}
