import { covers } from './areas.js';
import { enlarge } from './complaints.js';
import { token } from './glyphs.js';
import { Overlay } from './overlay.js';
import { radius } from './picture.js';
import { world } from './tiles.js';

const SIZE = 11;
const LINE = 13;

/**
 * Names of kecamatan and kelurahan. They keep their place while the map moves; when it has come to
 * rest, a kecamatan whose name has left the view is named again inside the part still seen.
 */
export class Labels {
  /**
   * @param {L.Map} map
   * @param {import('./areas.js').Areas} areas
   * @param {() => {points: Array, selected: [number, number]|null}} obstacles in unit-square coordinates
   * @param {() => {sides: number[], things: number[][]}} cover pixels of the map under panels at
   *   [left, top, right, bottom], and boxes of things that stand on it
   * @param {() => number} big how many times the usual size
   */
  constructor(map, areas, obstacles, cover, big = enlarge) {
    Object.assign(this, { map, areas, obstacles, cover, big, placed: [], chosen: [] });
    this.ground = new Overlay(map, 'chosen', 380, (...args) => this.drawChosen(...args), () => !this.chosen.length);
    this.overlay = new Overlay(map, 'labels', 450, (...args) => this.draw(...args));
    map.on('moveend', () => this.layout());
    window.addEventListener('resize', () => this.layout());
  }

  /** Place all labels for the present zoom and points. */
  layout() {
    const zoom = this.map.getZoom();
    const view = { ...this.obstacles(), free: this.free() };
    this.placed = place(this.areas, view, zoom, this.overlay.canvas.getContext('2d'), this.big());
    this.overlay.redraw();
    this.placedAnew?.();
  }

  /** Whether the name of the area *code* can be read on the map now. */
  shows(code) {
    const free = this.free();
    return this.placed.some((label) => label.code === code && within(label.box, free));
  }

  /** The part of the map no panel covers, in world pixels of the present zoom. */
  free() {
    const { min, max } = this.map.getPixelBounds();
    const { sides: [left, top, right, bottom], things } = this.cover();
    return {
      box: [min.x + left, min.y + top, max.x - right, max.y - bottom],
      holes: things.map((thing) => [thing[0] + min.x, thing[1] + min.y, thing[2] + min.x, thing[3] + min.y]),
    };
  }

  /** Tint these areas as the chosen ones. */
  choose(chosen) {
    this.chosen = chosen;
    this.ground.redraw();
  }

  drawChosen(ctx, at) {
    const accent = token('accent');
    for (const area of this.chosen) {
      ctx.beginPath();
      for (const ring of area.rings) ring.forEach((point, i) => (i ? ctx.lineTo(...at(...point)) : ctx.moveTo(...at(...point))));
      ctx.globalAlpha = 0.07;
      ctx.fillStyle = accent;
      ctx.fill('evenodd');
      ctx.globalAlpha = 1;
      if (area.parts) continue; // the lines between its kelurahan would be drawn as well
      Object.assign(ctx, { strokeStyle: accent, lineWidth: 2, lineJoin: 'round' });
      ctx.stroke();
    }
  }

  draw(ctx, at) {
    const big = this.big();
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
        if (meets(box, other)) count += 1;
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
export function place(areas, { points, selected, free }, zoom, ctx, big = enlarge()) {
  const whole = Math.round(zoom);
  const scale = 256 * 2 ** zoom;
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
    const best = choose(area, strong, [half, high], scale, labels, spots, strong ? free : null);
    if (!best) continue;
    labels.add(best.box);
    placed.push({ code: area.code, lines, strong, at: best.at, box: best.box });
  }
  return placed.reverse(); // kecamatan are drawn last, above
}

const spot = (x, y, r) => [x - r, y - r, x + r, y + r];

/** Places to try: around the label point, then all over the part of the area that is in view. */
function candidates(area, scale, free) {
  const [x, y] = area.label.map((value) => value * scale);
  const near = OFFSETS.map(([dx, dy]) => [x + dx, y + dy, Math.hypot(dx, dy) / 60]);
  if (!free) return near;
  const [w, n] = world(area.box[0], area.box[3]).map((value) => value * scale);
  const [e, s] = world(area.box[2], area.box[1]).map((value) => value * scale);
  const { box } = free;
  const seen = [Math.max(w, box[0]), Math.max(n, box[1]), Math.min(e, box[2]), Math.min(s, box[3])];
  if (seen[0] >= seen[2] || seen[1] >= seen[3]) return near;
  const inside = x > seen[0] && x < seen[2] && y > seen[1] && y < seen[3];
  const middle = inside ? [x, y] : [(seen[0] + seen[2]) / 2, (seen[1] + seen[3]) / 2];
  for (let i = 1; i < 12; i += 1) {
    for (let j = 1; j < 12; j += 1) {
      const at = [seen[0] + ((seen[2] - seen[0]) * i) / 12, seen[1] + ((seen[3] - seen[1]) * j) / 12];
      near.push([...at, 2 + Math.hypot(at[0] - middle[0], at[1] - middle[1]) / 60]);
    }
  }
  return near;
}

const meets = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
const within = (box, { box: all, holes }) => box[0] >= all[0] && box[1] >= all[1] && box[2] <= all[2] && box[3] <= all[3] && !holes.some((hole) => meets(box, hole));

function choose(area, strong, [half, high], scale, labels, spots, free) {
  let best = null;
  for (const [i, [x, y, distance]] of candidates(area, scale, free).entries()) {
    if (i > 0 && !covers(area, x / scale, y / scale)) continue;
    const box = [x - half, y - high, x + half, y + high];
    if (labels.hits(box)) continue;
    const touched = spots.hits(box);
    if (touched && !strong) continue;
    // A small area would wear a label that belongs to its neighbours: both ends must be at home.
    const home = [x - half * 0.6, x + half * 0.6].filter((end) => covers(area, end / scale, y / scale)).length;
    if (!strong && home === 0) continue;
    const unseen = free && !within(box, free) ? 20 : 0;
    const cost = Math.min(touched, 6) * 1.2 + (2 - home) + distance + unseen;
    if (!best || cost < best.cost) best = { cost, box, at: [x / scale, y / scale] };
  }
  return best;
}

/** The boxes, in pixels of *map*, of what stands on it: no name should lie under them. */
export function standing(map) {
  const corner = map.getContainer().getBoundingClientRect();
  return [...document.querySelectorAll('.mid .mapctl, .mid .legend, .mid .attr')].map((node) => {
    const box = node.getBoundingClientRect();
    return [box.left - corner.left, box.top - corner.top, box.right - corner.left, box.bottom - corner.top];
  });
}
