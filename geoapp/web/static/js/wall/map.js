import L from '../shared/leaflet.js';
import { config, groupOf } from '../shared/config.js';
import { Areas } from '../map/areas.js';
import { token } from '../map/glyphs.js';
import { refreshGround } from '../map/ground.js';
import { Labels } from '../map/labels.js';
import { Overlay } from '../map/overlay.js';
import { picture, step, STEPS } from '../map/picture.js';
import { TileStore, world } from '../map/tiles.js';
import { boundsOf } from '../map/view.js';

const OPEN = { status: 'open' };
const NEW_MS = 60_000;
const MOST_NEW = 24;
const HANDLERS = ['dragging', 'touchZoom', 'doubleClickZoom', 'scrollWheelZoom', 'boxZoom', 'keyboard'];

/** The wall's map: it never moves, shows one group bright and the others faint. */
export class WallMap {
  /**
   * @param {L.Map} map the shell's
   * @param {{px: () => number, furniture: () => HTMLElement[], foot: () => number, drawn: (what: object) => void}} options
   *   *px*: CSS pixels of one pixel of the 1920 × 1080 design; *furniture*: what stands on the map; *foot*: room it needs below;
   *   *drawn*: told what is to be seen, for the legend
   */
  constructor(map, { px, furniture, foot, drawn }) {
    Object.assign(this, { map, px, furniture, foot, drawn, group: null, arrivals: [] });
    Object.assign(map.options, { zoomSnap: 0, inertia: false, fadeAnimation: false });
    map._zoomAnimated = false;
    map.setMinZoom(6);
    for (const name of HANDLERS) map[name]?.disable();
    map.getContainer().removeAttribute('tabindex'); // Leaflet's, for the keys that are off
    map.eachLayer((layer) => { if (layer instanceof L.TileLayer) layer.remove(); }); // bright streets would outshine what counts
    this.areas = new Areas();
    this.points = new Overlay(map, 'points', 500, (...args) => this.draw(...args));
    const names = this.areas;
    this.labels = new Labels(map, { get kecamatan() { return names.kecamatan; }, kelurahan: [] }, () => ({ points: [], selected: null }), () => this.covered(), () => 2 * px());
    const view = () => ({ zoom: map.getZoom(), box: edges(map) });
    const box = config.city.bbox;
    this.all = new TileStore(view, box, () => this.look(), '/tiles/work');
    this.own = new TileStore(view, box, () => this.look(), '/tiles/work');
    this.all.query = OPEN;
    this.seen = this.mine = picture([], 12);
  }

  /** Fetch the areas and the complaints, and show the whole city. */
  async start() {
    this.fit();
    this.all.update();
    await this.name();
  }

  /** Fetch the areas' names; without an answer the map goes without until the next boundaries. */
  async name(anew = false) {
    await this.areas.load({ anew }).catch(() => {});
    this.fit();
    this.all.update();
    this.labels.layout();
  }

  /** Other boundaries are in force. */
  async boundaries() {
    await refreshGround(this.map).catch(() => {});
    await this.name(true);
    this.refresh();
  }

  /** The whole city in the room that the map has. */
  fit() {
    const px = this.px();
    this.map.invalidateSize({ animate: false });
    const box = this.areas.kelurahan.reduce(([w, s, e, n], { box: b }) => [Math.min(w, b[0]), Math.min(s, b[1]), Math.max(e, b[2]), Math.max(n, b[3])], [180, 90, -180, -90]);
    this.map.fitBounds(boundsOf(this.areas.kelurahan.length ? box : config.city.bbox), { paddingTopLeft: [40 * px, 92 * px], paddingBottomRight: [40 * px, Math.max(84 * px, this.foot())], animate: false });
  }

  /** The window has another size. */
  resized() {
    this.fit();
    this.all.update();
    if (this.apart) this.own.update();
    this.labels.layout();
  }

  /** Show *group*; null shows all alike. */
  show(group) {
    this.group = group;
    this.look();
  }

  /** The complaints have changed: draw them, deadlines judged by now. */
  look() {
    const zoom = Math.round(this.map.getZoom());
    this.arrivals = this.arrivals.filter(({ until }) => until > Date.now());
    this.seen = picture(this.all.shown, zoom);
    this.apart = this.seen.mode === 'cells' && this.group !== null;
    if (this.apart) {
      // Cells don't tell groups apart: the group's own are asked for by themselves.
      if (this.own.query.group !== this.group) this.own.setQuery({ ...OPEN, group: this.group });
      this.mine = picture(this.own.shown, zoom);
    } else this.mine = this.seen;
    this.points.redraw();
    if (this.stale && !this.all.running.size && !this.own.running.size) this.refresh();
    const bright = this.mine.mode === 'points' ? this.mine.points.filter((point) => this.shines(point)) : [];
    this.drawn({
      cells: this.mine.mode === 'cells',
      over: bright.some((point) => point.over),
      due: bright.some((point) => !point.over),
      others: !this.apart && this.mine.mode === 'points' && bright.length < this.mine.points.length,
      fresh: this.arrivals.length > 0,
    });
  }

  shines(point) {
    return this.group === null || point.group === this.group;
  }

  /** Something happened at these places [lon, lat]. */
  touch(places) {
    if (this.waits()) return;
    this.all.refresh(places);
    if (this.apart) this.own.refresh(places);
  }

  /** Fetch everything anew, keeping what is drawn. */
  refresh() {
    if (this.waits()) return;
    this.all.refreshAll();
    if (this.apart) this.own.refreshAll();
  }

  /** Whether tiles are still coming: begun anew each time, they never would arrive. The next come after them. */
  waits() {
    this.stale = this.all.running.size + this.own.running.size > 0;
    return this.stale;
  }

  /** A complaint came in: ring it for a minute. */
  arrive({ ticket, group, lon, lat }) {
    if (lon == null) return;
    this.arrivals.push({ ticket, group, at: world(lon, lat), until: Date.now() + NEW_MS });
    this.arrivals.splice(0, Math.max(0, this.arrivals.length - MOST_NEW));
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.look(), NEW_MS + 50);
    this.look();
  }

  forget(ticket) {
    this.arrivals = this.arrivals.filter((one) => one.ticket !== ticket);
    this.refresh();
  }

  /** Boxes of the furniture, where no name should stand. */
  covered() {
    const corner = this.map.getContainer().getBoundingClientRect();
    const things = this.furniture().map((node) => {
      const box = node.getBoundingClientRect();
      return [box.left - corner.left, box.top - corner.top, box.right - corner.left, box.bottom - corner.top];
    });
    return { things, sides: [8, 8, 8, 8] };
  }

  /** What a flag would hide: boxes of furniture and names, places of the group's points. */
  hidden() {
    const { min } = this.map.getPixelBounds();
    const scale = 256 * 2 ** this.map.getZoom();
    return {
      names: [...this.covered().things, ...this.labels.placed.map(({ box: [w, n, e, s] }) => [w - min.x, n - min.y, e - min.x, s - min.y])],
      points: this.mine.points.filter((point) => this.shines(point)).map((point) => [point.wx * scale - min.x, point.wy * scale - min.y]),
    };
  }

  draw(ctx, at, scale, size) {
    const px = this.px();
    const colours = { halo: token('point-halo'), over: token('d-over'), mark: token('mark'), dim: token('text-3') };
    if (this.mine.mode === 'cells') this.drawCells(ctx, at);
    else {
      const inView = this.mine.points.map((point) => ({ point, xy: at(point.wx, point.wy) }))
        .filter(({ xy: [x, y] }) => x > -20 && y > -20 && x < size.width + 20 && y < size.height + 20);
      ctx.globalAlpha = 0.42;
      for (const { point, xy } of inView) if (!this.shines(point)) disc(ctx, xy, 5 * px, colours.dim);
      ctx.globalAlpha = 1;
      for (const { point, xy } of inView) if (this.shines(point)) this.drawPoint(ctx, point, xy, px, colours);
    }
    for (const { group, at: place } of this.arrivals) {
      const xy = at(...place);
      this.drawPoint(ctx, { group }, xy, px, colours);
      ring(ctx, xy, 16 * px, colours.mark, 3 * px);
    }
  }

  drawPoint(ctx, point, xy, px, colours) {
    if (point.over) {
      disc(ctx, xy, 11.6 * px, colours.halo);
      ring(ctx, xy, 11.6 * px, colours.over, 3 * px);
    }
    disc(ctx, xy, 9 * px, groupOf(point.group).colour_dark);
    ring(ctx, xy, 9 * px, colours.halo, 2.4 * px);
  }

  drawCells(ctx, at) {
    const { cells, grid } = this.mine;
    const size = 2 ** grid;
    const colours = [1, 2, 3, 4, 5, 6].map((index) => token(`q-${index}`));
    ctx.globalAlpha = 0.62;
    for (const cell of cells.values()) {
      const [x0, y0] = at(cell.column / size, cell.row / size).map(Math.round);
      const [x1, y1] = at((cell.column + 1) / size, (cell.row + 1) / size).map(Math.round);
      ctx.fillStyle = colours[step(cell.count, STEPS)];
      ctx.fillRect(x0, y0, x1 - x0, y1 - y0);
    }
    ctx.globalAlpha = 1;
  }
}

function disc(ctx, [x, y], r, fill) {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fillStyle = fill;
  ctx.fill();
}

function ring(ctx, [x, y], r, stroke, width) {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  Object.assign(ctx, { strokeStyle: stroke, lineWidth: width });
  ctx.stroke();
}

function edges(map) {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
}
