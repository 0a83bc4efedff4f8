import L from '../shared/leaflet.js';
import { colourOf, groupOf } from '../shared/config.js';
import { deadlineKind, isOpen } from '../shared/deadline.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { drawGlyph, token } from './glyphs.js';
import { Overlay } from './overlay.js';
import { picture, radius, step } from './picture.js';
import { Stamps } from './stamps.js';
import { world } from './tiles.js';

const TWO_PI = 2 * Math.PI;

/** Points and labels are drawn larger on large screens. */
export const enlarge = () => (window.innerWidth > 1700 ? 1.3 : 1);

function unproject(wx, wy) {
  const lat = Math.atan(Math.sinh(Math.PI * (1 - 2 * wy))) * (180 / Math.PI);
  return [wx * 360 - 180, lat];
}

/** The box [w, s, e, n] of a cell. */
export function cellBox(cell, grid) {
  const size = 2 ** grid;
  const [w, n] = unproject(cell.column / size, cell.row / size);
  const [e, s] = unproject((cell.column + 1) / size, (cell.row + 1) / size);
  return [w, s, e, n];
}

/** Outline the box [w, s, e, n], on whole pixels and never smaller than a point. */
function frame(ctx, at, [w, s, e, n], width) {
  const [x0, y0] = at(...world(w, n)).map(Math.round);
  const [x1, y1] = at(...world(e, s)).map(Math.round);
  if (x1 - x0 < 6) return; // one place: its point says it
  Object.assign(ctx, { strokeStyle: token('mark'), lineWidth: width, lineJoin: 'miter' });
  ctx.strokeRect(x0 + width / 2, y0 + width / 2, x1 - x0 - width, y1 - y0 - width);
}

/** The token of a status's colour; the shape tells it, the colour only helps. */
function statusToken(status) {
  if (['submitted', 'verified'].includes(status)) return 'st-waiting';
  if (['assigned', 'in_progress', 'reopened'].includes(status)) return 'st-active';
  return ['resolved', 'closed'].includes(status) ? 'st-done' : 'st-aside';
}

/** Draws complaints as points or cells, and answers what lies under the pointer. */
export class ComplaintLayers {
  /**
   * @param {L.Map} map
   * @param {{layers: () => Set<string>, steps: () => number[], onPoint: Function, onCell: Function, tip: HTMLElement, colour?: () => 'group'|'status'|'deadline', ground?: {words: (latlng: L.LatLng) => string|null, choose: (latlng: L.LatLng) => void}|null}} options
   *   *colour*: what the points' colours and shapes tell; *ground*: what lies under them, where there is nothing of theirs
   */
  constructor(map, { layers, steps, onPoint, onCell, tip, colour = () => 'group', ground = null }) {
    Object.assign(this, { map, layers, steps, onPoint, onCell, tip, colour, ground, tiles: [], place: null, pointed: null, stamps: new Stamps() });
    this.picture = picture([], 12);
    this.density = new Overlay(map, 'density', 300, (...args) => this.drawCells(...args), () => !this.showsCells);
    this.points = new Overlay(map, 'points', 500, (...args) => this.drawPoints(...args));
    map.on('mousemove', (event) => this.hover(event));
    map.on('mouseout movestart', () => this.unhover());
    map.on('click', (event) => this.click(event));
  }

  get zoom() {
    return Math.round(this.map.getZoom());
  }

  /** True when cells are on the screen, by choice or because there are too many points. */
  get showsCells() {
    return this.layers().has('density') || (this.picture.mode === 'cells' && this.layers().has('points'));
  }

  get showsPoints() {
    return this.layers().has('points') && this.picture.mode === 'points';
  }

  /** Show the tiles; call again when the zoom has changed. */
  setTiles(tiles) {
    this.tiles = tiles;
    this.recount();
  }

  recount() {
    this.picture = picture(this.tiles, this.zoom);
    this.redraw();
  }

  redraw() {
    this.density.redraw();
    this.points.redraw();
  }

  /** The page's colours are others: draw with them. */
  repaint() {
    this.stamps.clear();
    this.redraw();
  }

  /** Ring the complaint at [lon, lat] as the open one; null takes the ring away. */
  select(place, group) {
    this.place = place && { at: world(...place), group };
    this.redraw();
  }

  /** Ring the complaint of the list row under the pointer. */
  point(ticket) {
    this.pointed = ticket;
    this.points.redraw();
  }

  drawCells(ctx, at) {
    if (!this.showsCells) return;
    const { cells, grid } = this.picture;
    const steps = this.steps();
    const size = 2 ** grid;
    const colours = [1, 2, 3, 4, 5, 6].map((index) => token(`q-${index}`));
    ctx.globalAlpha = 0.62;
    for (const cell of cells.values()) {
      // Whole pixels on both sides keep neighbours flush without a seam.
      const [x0, y0] = at(cell.column / size, cell.row / size).map(Math.round);
      const [x1, y1] = at((cell.column + 1) / size, (cell.row + 1) / size).map(Math.round);
      ctx.fillStyle = colours[step(cell.count, steps)];
      ctx.fillRect(x0, y0, x1 - x0, y1 - y0);
    }
    ctx.globalAlpha = 1;
    if (this.cell) frame(ctx, at, cellBox(this.cell, grid), 1.5);
  }

  /** Keep the box [w, s, e, n] framed that the list is narrowed to; null for none. */
  pick(box) {
    this.box = box;
    this.points.redraw();
  }

  drawPoints(ctx, at, scale, size) {
    this.drawn = [];
    if (this.box) frame(ctx, at, this.box, 2.5);
    const colours = { halo: token('point-halo'), over: token('d-over'), land: token('map-land'), mark: token('mark'), mode: this.colour() };
    if (colours.mode === 'deadline') Object.assign(colours, { ok: token('d-ok'), soon: token('d-soon'), paused: token('d-paused'), done: token('st-done'), none: token('st-aside') });
    const zoom = this.zoom;
    const r = radius(zoom) * enlarge();
    if (this.showsPoints) {
      for (const point of this.picture.points) {
        const [x, y] = at(point.wx, point.wy);
        if (x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20) continue;
        this.drawn.push({ point, x, y, r });
        this.drawPoint(ctx, point, x, y, r, zoom, colours);
      }
      const marked = this.drawn.find(({ point }) => point.tickets.includes(this.pointed));
      if (marked) this.ring(ctx, marked.x, marked.y, r + (marked.point.over ? 5 : 3), colours);
    }
    if (this.place) {
      const [x, y] = at(...this.place.at);
      const top = this.drawn.find((item) => Math.hypot(item.x - x, item.y - y) < 1);
      this.ring(ctx, x, y, r + (top?.point.over ? 5.5 : 4), colours);
      if (top) this.drawPoint(ctx, top.point, x, y, r, zoom, colours);
      else this.disc(ctx, x, y, r, colourOf(groupOf(this.place.group)), colours.halo, 1.4);
    }
  }

  disc(ctx, x, y, r, fill, stroke, width) {
    ctx.beginPath();
    ctx.arc(x, y, r, 0, TWO_PI);
    ctx.fillStyle = fill;
    ctx.fill();
    Object.assign(ctx, { strokeStyle: stroke, lineWidth: width });
    ctx.stroke();
  }

  ring(ctx, x, y, r, colours) {
    ctx.beginPath();
    ctx.arc(x, y, r, 0, TWO_PI);
    Object.assign(ctx, { strokeStyle: colours.halo, lineWidth: 6 });
    ctx.stroke();
    Object.assign(ctx, { strokeStyle: colours.mark, lineWidth: 2.5 });
    ctx.stroke();
  }

  drawPoint(ctx, point, x, y, r, zoom, colours) {
    if (point.over && colours.mode !== 'status') this.disc(ctx, x, y, r + 2.6, colours.halo, colours.over, 1.4);
    if (colours.mode === 'status') this.drawStatus(ctx, point, x, y, r, colours);
    else if (colours.mode === 'deadline') this.drawDeadline(ctx, point, x, y, r, zoom, colours);
    else this.drawGroup(ctx, point, x, y, r, zoom, colours);
    if (zoom >= 16 && colours.mode !== 'status') this.badge(ctx, point, x + r * 0.8, y + r * 0.8, colours);
    if (zoom >= 15 && point.tickets.length > 1) this.count(ctx, point.tickets.length, x + r + 4, y - r, colours);
  }

  drawGroup(ctx, point, x, y, r, zoom, colours) {
    const group = groupOf(point.group);
    const colour = colourOf(group);
    if (!isOpen(point.status)) {
      ctx.globalAlpha = 0.75;
      this.disc(ctx, x, y, r * 0.875, colours.land, colour, 1.5);
      ctx.globalAlpha = 1;
      if (zoom >= 15) drawGlyph(ctx, `g-${group.glyph}`, x, y, r * 1.2, colour);
    } else {
      this.disc(ctx, x, y, r, colour, colours.halo, 1.4);
      if (zoom >= 15) drawGlyph(ctx, `g-${group.glyph}`, x, y, r * 1.25, colours.halo);
    }
  }

  /** The point becomes the status's own shape. */
  drawStatus(ctx, point, x, y, r, colours) {
    const size = Math.max(13, r * 2.4);
    this.disc(ctx, x, y, size / 2 + 1.5, colours.halo, point.over ? colours.over : colours.halo, 1.4);
    this.stamps.draw(ctx, `s-${point.status}`, statusToken(point.status), x, y, size);
  }

  drawDeadline(ctx, point, x, y, r, zoom, colours) {
    const kind = deadlineKind(point.status, point.due && point.due * 1000);
    const colour = colours[kind ?? 'none'];
    if (kind === 'done' || !kind) this.disc(ctx, x, y, r * 0.875, colours.land, colour, 1.5);
    else this.disc(ctx, x, y, r, colour, colours.halo, 1.4);
    if (zoom >= 15 && isOpen(point.status)) drawGlyph(ctx, `g-${groupOf(point.group).glyph}`, x, y, r * 1.25, colours.halo);
  }

  badge(ctx, point, x, y, colours) {
    const colour = token(isOpen(point.status) ? 'st-active' : 'st-done');
    this.disc(ctx, x, y, 7, colours.halo, colours.halo, 1);
    drawGlyph(ctx, `s-${point.status}`, x, y, 13, colour);
  }

  count(ctx, count, x, y, colours) {
    Object.assign(ctx, { font: `600 ${12 * enlarge()}px ${token('font')}`, textAlign: 'left', textBaseline: 'middle', lineJoin: 'round' });
    Object.assign(ctx, { strokeStyle: colours.land, lineWidth: 3, fillStyle: colours.mark });
    ctx.strokeText(number(count), x, y);
    ctx.fillText(number(count), x, y);
  }

  /** The drawn point under a place of the map's container, or null. */
  pointAt(containerPoint, reach = 4) {
    const corner = this.map.latLngToContainerPoint(this.points.corner ?? this.map.getCenter());
    const x = containerPoint.x - corner.x;
    const y = containerPoint.y - corner.y;
    let best = null;
    for (const item of this.drawn ?? []) {
      const distance = Math.hypot(item.x - x, item.y - y);
      if (distance <= item.r + reach && (!best || distance <= best.distance)) best = { distance, point: item.point };
    }
    return best?.point ?? null;
  }

  cellAt(latlng) {
    if (!this.showsCells) return null;
    const [wx, wy] = world(latlng.lng, latlng.lat);
    const size = 2 ** this.picture.grid;
    return this.picture.cells.get(`${Math.floor(wx * size)}/${Math.floor(wy * size)}`) ?? null;
  }

  hover(event) {
    const point = this.pointAt(event.containerPoint);
    const cell = point ? null : this.cellAt(event.latlng);
    this.map.getContainer().classList.toggle('over-thing', Boolean(point || cell));
    if (cell !== this.cell) { this.cell = cell; this.density.redraw(); }
    const ground = point || cell ? null : this.ground?.words(event.latlng);
    this.tip.hidden = !(cell || ground || point?.tickets.length > 1);
    if (this.tip.hidden) return;
    this.tip.textContent = ground ?? (cell
      ? [t('n_complaints', { n: number(cell.count), count: cell.count }), cell.overdue ? t('n_overdue', { n: number(cell.overdue) }) : null].filter(Boolean).join(' · ')
      : t('n_here', { n: number(point.tickets.length) }));
    const flip = event.containerPoint.x > this.map.getSize().x - 200;
    this.tip.style.transform = `translate(${event.containerPoint.x + (flip ? -14 : 14)}px, ${event.containerPoint.y + 14}px)${flip ? ' translateX(-100%)' : ''}`;
  }

  unhover() {
    this.tip.hidden = true;
    if (this.cell) { this.cell = null; this.density.redraw(); }
  }

  click(event) {
    const point = this.pointAt(event.containerPoint, L.Browser.mobile ? 14 : 4);
    const cell = point ? null : this.cellAt(event.latlng);
    if (point) this.onPoint(point, unproject(point.wx, point.wy));
    else if (cell) this.onCell(cell, cellBox(cell, this.picture.grid));
    else this.ground?.choose(event.latlng);
  }
}
