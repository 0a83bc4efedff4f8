import { byId } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { token } from '../map/glyphs.js';
import { Overlay } from '../map/overlay.js';
import { world } from '../map/tiles.js';
import { area, simplify, untangle } from './loop.js';

const CORNERS = 60; // an address must still be one that can be sent to somebody
const SMALLEST = 400; // square pixels; less is a click whose hand has shaken

/** Drawing around complaints by hand; what was drawn stays on the map while the filter holds it. */
export class Lasso {
  /**
   * @param {L.Map} map
   * @param {HTMLButtonElement} button
   * @param {(words: string|null) => void} tell says something over the map
   * @param {(polygon: string) => void} onDrawn "lon,lat,lon,lat,…" of the corners
   */
  constructor(map, button, tell, onDrawn) {
    Object.assign(this, { map, button, tell, onDrawn, drawing: false, line: null, shown: [] });
    this.box = map.getContainer();
    this.overlay = new Overlay(map, 'lasso', 520, (ctx, at) => this.draw(ctx, at), () => !this.line && !this.shown.length);
    this.down = (event) => this.start(event);
    this.move = (event) => this.more(event);
    this.up = () => this.finish();
  }

  /** Begin to draw, or end it. */
  toggle() { if (this.drawing) this.stop(); else this.begin(); }

  begin() {
    this.drawing = true;
    this.button.setAttribute('aria-pressed', 'true');
    this.box.classList.add('lasso-on');
    this.map.dragging.disable();
    this.box.addEventListener('pointerdown', this.down);
    this.tell(t('lasso_hint'));
  }

  stop() {
    if (!this.drawing) return;
    this.drawing = false;
    this.line = null;
    this.button.setAttribute('aria-pressed', 'false');
    this.box.classList.remove('lasso-on');
    this.map.dragging.enable();
    this.box.removeEventListener('pointerdown', this.down);
    window.removeEventListener('pointermove', this.move);
    window.removeEventListener('pointerup', this.up);
    this.overlay.redraw();
    this.tell(null);
  }

  point(event) {
    const corner = this.box.getBoundingClientRect();
    return [event.clientX - corner.left, event.clientY - corner.top];
  }

  start(event) {
    if (event.button !== 0 || event.target.closest('button')) return;
    event.preventDefault();
    this.line = [this.point(event)];
    window.addEventListener('pointermove', this.move);
    window.addEventListener('pointerup', this.up, { once: true });
  }

  more(event) {
    const [x, y] = this.point(event);
    const [lastX, lastY] = this.line.at(-1);
    if (Math.hypot(x - lastX, y - lastY) < 3) return;
    this.line.push([x, y]);
    this.overlay.redraw();
  }

  finish() {
    window.removeEventListener('pointermove', this.move);
    const loop = untangle(simplify(this.line, CORNERS));
    this.line = null;
    if (loop.length < 3 || Math.abs(area(loop)) < SMALLEST) {
      this.overlay.redraw();
      this.tell(t('lasso_small'));
      return;
    }
    const corners = loop.map((point) => this.map.containerPointToLatLng(point));
    setTimeout(() => this.stop()); // the click that ends the line is none on what lies under it
    this.onDrawn(corners.map(({ lng, lat }) => `${lng.toFixed(6)},${lat.toFixed(6)}`).join(','));
  }

  /** Keep the filter's *polygon* on the map; an empty one takes it away. */
  show(polygon) {
    const numbers = polygon ? polygon.split(',').map(Number) : [];
    this.shown = numbers.flatMap((lon, i) => (i % 2 ? [] : [world(lon, numbers[i + 1])]));
    byId('map-region').dataset.drawn = this.shown.length || '';
    this.overlay.redraw();
  }

  repaint() { this.overlay.redraw(); }

  draw(ctx, at) {
    Object.assign(ctx, { lineWidth: 2, lineJoin: 'round', strokeStyle: token('mark') });
    if (this.line) {
      // The canvas reaches beyond the map: the line is in the map's own pixels.
      const { x, y } = this.map.latLngToContainerPoint(this.overlay.corner);
      this.trace(ctx, this.line.map(([px, py]) => [px - x, py - y]), [6, 4]);
    } else if (this.shown.length) {
      this.trace(ctx, this.shown.map((point) => at(...point)), []);
    }
  }

  trace(ctx, points, dash) {
    ctx.beginPath();
    points.forEach((point, i) => (i ? ctx.lineTo(...point) : ctx.moveTo(...point)));
    ctx.closePath();
    ctx.globalAlpha = 0.06;
    ctx.fillStyle = token('mark');
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.setLineDash(dash);
    ctx.stroke();
    ctx.setLineDash([]);
  }
}
