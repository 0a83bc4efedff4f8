import { covers } from './areas.js';
import { enlarge } from './complaints.js';
import { token } from './glyphs.js';
import { Overlay } from './overlay.js';
import { radius } from './picture.js';

const SIZE = 11;
const LINE = 13;

/** Names of kecamatan and kelurahan, placed once per zoom so that nothing jumps while moving. */
export class Labels {
  /**
   * @param {L.Map} map
   * @param {import('./areas.js').Areas} areas
   * @param {() => {points: Array, selected: [number, number]|null}} obstacles in unit-square coordinates
   */
  constructor(map, areas, obstacles) {
    Object.assign(this, { map, areas, obstacles, placed: [], zoom: null });
    this.overlay = new Overlay(map, 'labels', 450, (...args) => this.draw(...args));
    map.on('zoomend', () => this.layout());
    window.addEventListener('resize', () => this.layout());
  }

  /** Place all labels for the present zoom and points. */
  layout() {
    const zoom = this.map.getZoom();
    this.placed = place(this.areas, this.obstacles(), zoom, this.overlay.canvas.getContext('2d'));
    this.overlay.redraw();
  }

  draw(ctx, at) {
    const big = enlarge();
    Object.assign(ctx, { textAlign: 'center', textBaseline: 'middle', lineJoin: 'round', lineWidth: 3 * big, strokeStyle: token('map-halo') });
    for (const label of this.placed) {
      setFont(ctx, label.strong, big);
      ctx.fillStyle = token(label.strong ? 'map-label-kecamatan' : 'map-label-kelurahan');
      const [x, y] = at(...label.at);
      label.lines.forEach((line, i) => {
        const dy = (i - (label.lines.length - 1) / 2) * LINE * big;
        ctx.strokeText(line, x, y + dy);
      });
      label.lines.forEach((line, i) => {
        ctx.fillText(line, x, y + (i - (label.lines.length - 1) / 2) * LINE * big);
      });
    }
    if ('letterSpacing' in ctx) ctx.letterSpacing = '0px';
  }
}

function setFont(ctx, strong, big) {
  ctx.font = `${strong ? 700 : 400} ${SIZE * big}px ${token('font')}`;
  if ('letterSpacing' in ctx) ctx.letterSpacing = strong ? `${1.1 * big}px` : '0px';
}

/** A name on at most two lines of similar length. */
export function split(name) {
  const words = name.split(' ');
  if (words.length === 1 || name.length <= 7) return [name];
  let best = [name];
  let least = Infinity;
  for (let i = 1; i < words.length; i += 1) {
    const lines = [words.slice(0, i).join(' '), words.slice(i).join(' ')];
    const longest = Math.max(...lines.map((line) => line.length));
    if (longest < least) { least = longest; best = lines; }
  }
  return best;
}

/** Boxes on a coarse grid: is this one free? */
class Taken {
  constructor() { this.buckets = new Map(); }

  each(box, visit) {
    for (let x = Math.floor(box[0] / 64); x <= Math.floor(box[2] / 64); x += 1) {
      for (let y = Math.floor(box[1] / 64); y <= Math.floor(box[3] / 64); y += 1) if (visit(`${x}/${y}`)) return true;
    }
    return false;
  }

  add(box) {
    this.each(box, (key) => { this.buckets.set(key, [...(this.buckets.get(key) ?? []), box]); });
  }

  hits(box) {
    let count = 0;
    const seen = new Set();
    this.each(box, (key) => {
      for (const other of this.buckets.get(key) ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        if (box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]) count += 1;
      }
    });
    return count;
  }
}

const OFFSETS = [[0, 0]];
for (const reach of [10, 20, 30, 42, 56, 72]) {
  for (let i = 0; i < 12; i += 1) OFFSETS.push([Math.cos((i * Math.PI) / 6) * reach * 1.3, Math.sin((i * Math.PI) / 6) * reach]);
}

/**
 * Choose a place for every label that finds one.
 *
 * Kecamatan claim first (all of them keep a label; points may touch it), then kelurahan by area,
 * which are dropped when neither points nor other labels leave them room inside their own polygon.
 */
export function place(areas, { points, selected }, zoom, ctx) {
  const whole = Math.round(zoom);
  const scale = 256 * 2 ** zoom;
  const big = enlarge();
  const labels = new Taken();
  const spots = new Taken();
  const r = (radius(whole) + 1) * big;
  for (const point of points) spots.add(spot(point.wx * scale, point.wy * scale, point.over ? r + 2.6 : r));
  if (selected) labels.add(spot(selected[0] * scale, selected[1] * scale, r + 8));
  const order = [
    ...areas.kecamatan.map((area) => ({ area, strong: true, lines: split(area.name.toUpperCase()) })),
    ...(whole >= 13 ? [...areas.kelurahan].sort((a, b) => b.size - a.size).map((area) => ({ area, strong: false, lines: split(area.name) })) : []),
  ];
  const placed = [];
  for (const { area, strong, lines } of order) {
    setFont(ctx, strong, big);
    const half = Math.max(...lines.map((line) => ctx.measureText(line).width)) / 2 + 3;
    const high = (lines.length * LINE * big) / 2 + 1;
    const best = choose(area, strong, [half, high], scale, labels, spots);
    if (!best) continue;
    labels.add(best.box);
    placed.push({ lines, strong, at: best.at });
  }
  return placed.reverse(); // kecamatan are drawn last, above
}

const spot = (x, y, r) => [x - r, y - r, x + r, y + r];

function choose(area, strong, [half, high], scale, labels, spots) {
  let best = null;
  for (const [dx, dy] of OFFSETS) {
    const x = area.label[0] * scale + dx;
    const y = area.label[1] * scale + dy;
    if ((dx || dy) && !covers(area, x / scale, y / scale)) continue;
    const box = [x - half, y - high, x + half, y + high];
    if (labels.hits(box)) continue;
    const touched = spots.hits(box);
    if (touched && !strong) continue;
    // A small area would wear a label that belongs to its neighbours: both ends must be at home.
    const home = [x - half * 0.6, x + half * 0.6].filter((end) => covers(area, end / scale, y / scale)).length;
    if (!strong && home === 0) continue;
    const cost = touched * 3 + (2 - home) + Math.hypot(dx, dy) / 60;
    if (!best || cost < best.cost) best = { cost, box, at: [x / scale, y / scale] };
  }
  return best;
}
