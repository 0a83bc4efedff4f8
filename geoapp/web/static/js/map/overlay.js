import L from '../shared/leaflet.js';

const MARGIN = 0.15; // drawn around the view, so that a drag shows no empty edge

/**
 * One canvas over the whole view in its own pane, and a margin around it: it moves with the map, is
 * drawn again when the view leaves it or has come to rest, and is scaled along with a zoom animation.
 */
export class Overlay {
  /**
   * @param {L.Map} map
   * @param {string} pane created when missing
   * @param {number} zIndex of the pane
   * @param {(ctx: CanvasRenderingContext2D, at: (wx: number, wy: number) => [number, number], scale: number) => void} draw
   *   *at* turns unit-square coordinates into canvas pixels, *scale* is the world's width in pixels
   * @param {() => boolean} blank whether there is nothing to draw: then there is no canvas to move either
   */
  constructor(map, pane, zIndex, draw, blank = () => false) {
    this.map = map;
    this.draw = draw;
    this.blank = blank;
    this.canvas = document.createElement('canvas');
    this.canvas.className = 'leaflet-zoom-animated overlay';
    const parent = map.getPane(pane) ?? map.createPane(pane);
    parent.style.zIndex = zIndex;
    parent.style.pointerEvents = 'none';
    parent.append(this.canvas);
    map.on('zoomanim', this.animate, this);
    map.on('viewreset resize zoomend moveend', this.redraw, this);
    map.on('move', () => { if (!this.covers()) this.redraw(); });
  }

  /** Whether what is drawn reaches over the whole view, at its zoom. */
  covers() {
    if (this.canvas.hidden) return true;
    if (!this.corner || this.map.getZoom() !== this.zoom) return false;
    const { x, y } = this.map.latLngToContainerPoint(this.corner);
    const size = this.map.getSize();
    return x <= 0 && y <= 0 && x + this.width >= size.x && y + this.height >= size.y;
  }

  /** Draw again before the next frame. */
  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (!this.map._animatingZoom) this.paint();
    });
  }

  paint() {
    const { map, canvas } = this;
    canvas.hidden = this.blank();
    if (canvas.hidden) {
      canvas.width = canvas.height = 1; // what a large screen would take is given back
      return;
    }
    const size = map.getSize();
    const margin = size.multiplyBy(MARGIN).round();
    const width = size.x + 2 * margin.x;
    const height = size.y + 2 * margin.y;
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const corner = map.containerPointToLayerPoint(margin.multiplyBy(-1));
    L.DomUtil.setTransform(canvas, corner, 1);
    this.corner = map.layerPointToLatLng(corner);
    this.zoom = map.getZoom();
    Object.assign(this, { width, height });
    const scale = 256 * 2 ** this.zoom;
    const origin = map.getPixelOrigin().add(corner);
    const ctx = canvas.getContext('2d');
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    this.draw(ctx, (wx, wy) => [wx * scale - origin.x, wy * scale - origin.y], scale, { width, height });
  }

  animate(event) {
    if (!this.corner) return;
    const offset = this.map._latLngToNewLayerPoint(this.corner, event.zoom, event.center);
    L.DomUtil.setTransform(this.canvas, offset, this.map.getZoomScale(event.zoom, this.zoom));
  }
}
