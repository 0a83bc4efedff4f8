import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { boundsOf } from '../map/view.js';

const LEAST_RADIUS = 49;

/** The dashed circles around alarms, and the one flag: shapes of the page that are only moved about. */
export class AlarmMark {
  /**
   * @param {SVGSVGElement} svg holds the circles, the line, and the flag's box and text
   * @param {L.Map} map
   * @param {{px: () => number, keepClear: () => {names: number[][], points: number[][]}}} options
   *   *keepClear*: boxes of names and furniture, and places of points, that the flag would hide
   */
  constructor(svg, map, { px, keepClear }) {
    Object.assign(this, { svg, map, px, keepClear, slide: null, days: 0 });
    this.circles = [...svg.querySelectorAll('circle')];
    [this.flag, this.line, this.box, this.text] = ['.a-flag', 'path', 'rect', 'text'].map((part) => svg.querySelector(part));
  }

  /** Mark the alarm of *slide* with its flag, the group's other alarms with circles alone. */
  show(slide, days, { fresh = false } = {}) {
    Object.assign(this, { slide, days });
    this.circles[0].classList.toggle('new', fresh);
    this.place();
  }

  /** Put everything where it belongs; again after the window has changed. */
  place() {
    const { alarm = null, others = [] } = this.slide ?? {};
    const all = alarm ? [alarm, ...others] : [];
    this.circles.forEach((circle, i) => {
      circle.toggleAttribute('hidden', !all[i]);
      if (all[i]) set(circle, this.circle(all[i]));
    });
    this.flag.toggleAttribute('hidden', !alarm);
    if (alarm) this.placeFlag(alarm);
  }

  circle({ bbox, centre: [lon, lat] }) {
    const bounds = boundsOf(bbox);
    const [a, b] = [bounds.getNorthWest(), bounds.getSouthEast()].map((corner) => this.map.latLngToContainerPoint(corner));
    const at = this.map.latLngToContainerPoint([lat, lon]);
    return { cx: at.x, cy: at.y, r: Math.max(LEAST_RADIUS * this.px(), Math.max(b.x - a.x, b.y - a.y) * 0.55) };
  }

  placeFlag(alarm) {
    const px = this.px();
    const { cx, cy, r } = this.circle(alarm);
    this.text.textContent = t('wall_flag', { n: number(alarm.count), days: this.days });
    const width = this.text.getComputedTextLength() + 44 * px;
    const height = 52 * px;
    const size = this.map.getSize();
    const { names, points } = this.keepClear();
    const far = r + 60 * px;
    const places = [[-1, -1], [1, -1], [-1, 1], [1, 1], [0, -1], [0, 1], [-1, 0], [1, 0]].map(([dx, dy], i) => {
      const x = cx + dx * (far * (dy ? 0.55 : 1) + width / 2) - width / 2;
      const y = cy + dy * far - height / 2;
      const box = [x, y, x + width, y + height];
      const out = x < 8 || y < 8 || box[2] > size.x - 8 || box[3] > size.y - 8;
      return { box, cost: i + (out ? 100 : 0) + 20 * names.filter((other) => meet(box, other)).length + 6 * points.filter((point) => inside(box, point, 12 * px)).length };
    });
    const [x, y] = places.reduce((best, place) => (place.cost < best.cost ? place : best)).box;
    set(this.box, { x, y, width, height, rx: 8 * px });
    set(this.text, { x: x + width / 2, y: y + height / 2 });
    // from the flag's nearest edge to the circle's
    const from = [clamp(cx, x, x + width), clamp(cy, y, y + height)];
    const length = Math.hypot(cx - from[0], cy - from[1]) || 1;
    const to = [cx + ((from[0] - cx) / length) * r, cy + ((from[1] - cy) / length) * r];
    this.line.setAttribute('d', `M${from}L${to}`);
  }
}

const meet = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
const inside = ([w, n, e, s], [x, y], room) => x > w - room && x < e + room && y > n - room && y < s + room;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}
