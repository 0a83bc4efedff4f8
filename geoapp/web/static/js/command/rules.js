import { address, getJson } from '../shared/api.js';
import { t } from '../shared/i18n.js';
import { token } from '../map/glyphs.js';
import { Overlay } from '../map/overlay.js';
import { world } from '../map/tiles.js';
import * as state from './state.js';

/** Service areas: outlines of who acts where, by the rules in force. */
export class Rules {
  constructor(map, context, changed) {
    Object.assign(this, { map, context, changed, on: false, features: null });
    this.overlay = new Overlay(map, 'rules', 360, (ctx, at) => this.draw(ctx, at), () => !this.on);
  }

  forget() { this.features = null; }

  repaint() { this.overlay.redraw(); }

  async show(on) {
    this.on = on;
    if (on && !this.features) {
      try {
        this.features = (await getJson(address('/api/v1/work/service-areas'))).features;
      } catch {
        this.context.tell(t('service_areas_failed'));
        return;
      }
    }
    this.repaint();
    this.changed();
  }

  /** The rules of the groups that are looked at; all without such a filter. */
  get rules() {
    if (!this.on || !this.features) return [];
    const { group } = state.get();
    return this.features.map(({ properties, geometry }) => ({ ...properties, geometry })).filter((rule) => !group.length || !rule.group || group.includes(rule.group));
  }

  /** For the legend: rules that hold everywhere have no line to draw. */
  get told() {
    const rules = this.rules;
    return { lines: rules.filter((rule) => rule.coverage !== 'city').length, whole: rules.filter((rule) => rule.coverage === 'city').map((rule) => rule.agency?.name ?? rule.name), on: this.on && Boolean(this.features) };
  }

  draw(ctx, at) {
    Object.assign(ctx, { lineWidth: 2, lineJoin: 'round', strokeStyle: token('accent') });
    ctx.setLineDash([8, 4]);
    for (const rule of this.rules) {
      const rings = rule.geometry ? ringsOf(rule.geometry) : rule.area_codes.flatMap((code) => this.context.areas.find(code)?.rings ?? []);
      if (!rings.length) continue;
      ctx.beginPath();
      for (const ring of rings) {
        ring.forEach((point, i) => (i ? ctx.lineTo(...at(...point)) : ctx.moveTo(...at(...point))));
        ctx.closePath();
      }
      ctx.stroke();
      this.name(ctx, rule, rings, at);
    }
    ctx.setLineDash([]);
  }

  name(ctx, rule, rings, at) {
    const all = rings.flat();
    const middle = [0, 1].map((axis) => (Math.min(...all.map((point) => point[axis])) + Math.max(...all.map((point) => point[axis]))) / 2);
    const [x, y] = at(...middle);
    ctx.save();
    Object.assign(ctx, { font: `600 11px ${token('font')}`, textAlign: 'center', textBaseline: 'middle', lineWidth: 3, strokeStyle: token('map-halo'), fillStyle: token('accent') });
    ctx.setLineDash([]);
    ctx.strokeText(rule.name, x, y);
    ctx.fillText(rule.name, x, y);
    ctx.restore();
  }
}

function ringsOf({ type, coordinates }) {
  const polygons = type === 'Polygon' ? [coordinates] : coordinates;
  return polygons.flatMap((polygon) => polygon.map((ring) => ring.map(([lon, lat]) => world(lon, lat))));
}
