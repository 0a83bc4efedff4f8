import { address, getJson } from '../shared/api.js';
import { t } from '../shared/i18n.js';
import { token } from '../map/glyphs.js';
import { Overlay } from '../map/overlay.js';

const MOST = 100;

/** Likely duplicates: lines between points that may be the same complaint. */
export class Kin {
  /**
   * @param {L.Map} map
   * @param {object} context of the page
   * @param {() => object[]} points those drawn now: only what is seen is joined
   * @param {() => void} changed called when other groups are known
   */
  constructor(map, context, points, changed) {
    Object.assign(this, { context, points, changed, on: false, groups: null });
    this.overlay = new Overlay(map, 'kin', 490, (ctx, at) => this.draw(ctx, at), () => !this.on);
  }

  repaint() { this.overlay.redraw(); }

  async show(on, anew) {
    this.on = on;
    if (on && (anew || !this.groups)) {
      try {
        const { groups } = await getJson(address('/api/v1/work/duplicates', { limit: MOST }));
        this.groups = groups.map(({ lead, others }) => [lead.ticket, ...others.map((other) => other.ticket)]);
      } catch {
        if (!this.groups) this.context.tell(t('duplicates_failed'));
      }
      this.changed();
    }
    this.repaint();
  }

  /** Groups of which two or more are on the map. */
  get joined() {
    if (!this.on || !this.groups) return [];
    const places = new Map(this.points().flatMap((point) => point.tickets.map((ticket) => [ticket, point])));
    return this.groups.map((tickets) => tickets.map((ticket) => places.get(ticket)).filter(Boolean)).filter((group) => group.length > 1);
  }

  draw(ctx, at) {
    Object.assign(ctx, { strokeStyle: token('mark'), lineWidth: 1.6, lineCap: 'round' });
    for (const [lead, ...others] of this.joined) {
      const [x, y] = at(lead.wx, lead.wy);
      for (const other of others) {
        ctx.beginPath();
        ctx.moveTo(x, y);
        ctx.lineTo(...at(other.wx, other.wy));
        ctx.stroke();
      }
      ctx.beginPath();
      ctx.arc(x, y, 11, 0, 2 * Math.PI);
      ctx.stroke();
    }
  }
}
