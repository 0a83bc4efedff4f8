import { address, getJson } from '../shared/api.js';
import { duration, number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { covers } from '../map/areas.js';
import { token } from '../map/glyphs.js';
import { Overlay } from '../map/overlay.js';
import { step } from '../map/picture.js';
import { world } from '../map/tiles.js';
import * as state from './state.js';

/** A value of *measure* in words: 154, 4,7, 35%, 6 jam. */
export function valueOf(measure, value) {
  if (value == null) return t('shade_none');
  if (measure === 'overdue_share') return `${number(100 * value)}%`;
  if (measure === 'median_response') return duration(value * 1000);
  return number(value, value < 10 && measure !== 'count' ? 1 : 0);
}

/** Kelurahan shaded by a measure of the complaints in them. */
export class Shade {
  /**
   * @param {L.Map} map
   * @param {object} context of the page
   * @param {() => void} changed called when something else is drawn
   */
  constructor(map, context, changed) {
    Object.assign(this, { context, changed, data: null, values: new Map(), key: null });
    this.overlay = new Overlay(map, 'shade', 250, (ctx, at) => this.draw(ctx, at), () => !this.data);
    map.getContainer().dataset.shaded = '';
    this.box = map.getContainer();
  }

  /** Draw what is switched on; *anew* asks again. What is drawn stays until the answer is there. */
  async show(anew) {
    const measure = state.shade();
    if (!measure) { if (this.key) { this.request?.abort(); Object.assign(this, { key: null, data: null }); this.repaint(); this.changed(); } return; }
    const key = JSON.stringify([measure, state.query('shades')]);
    if (key === this.key && !anew) return;
    this.key = key;
    this.request?.abort();
    const request = this.request = new AbortController();
    try {
      const data = await getJson(address('/api/v1/work/shades', { ...state.query('shades'), measure }), { signal: request.signal });
      if (key !== this.key) return;
      this.data = data;
      this.values = new Map(data.areas.map((area) => [area.code, area]));
    } catch (error) {
      if (error.name === 'AbortError' || key !== this.key) return;
      const about = error.status === 422 && error.fields.some(({ field }) => field === 'measure');
      if (about) { this.data = null; this.context.tell(t('shade_refused', { why: error.message })); }
      else if (!this.data) this.context.tell(t('shade_failed'));
    }
    this.repaint();
    this.changed();
  }

  repaint() {
    this.box.dataset.shaded = this.data?.measure ?? '';
    this.overlay.redraw();
  }

  /** What lies under a place, as the answer tells it; null when nothing is shaded there. */
  at(lon, lat) {
    if (!this.data) return null;
    const [x, y] = world(lon, lat);
    const area = this.context.areas.kelurahan.find((one) => covers(one, x, y));
    return (area && this.values.get(area.code)) ?? null;
  }

  /** "Legok: 35% (7 dari 20)" */
  words({ name, value, n, of }) {
    const { measure } = this.data;
    const made = measure === 'overdue_share' && of ? ` (${t('shade_of', { n: number(n), of: number(of) })})` : '';
    return `${t('shade_tip', { name, value: valueOf(measure, value) })}${made}`;
  }

  draw(ctx, at) {
    if (!this.data) return;
    const colours = [1, 2, 3, 4, 5, 6].map((index) => token(`q-${index}`));
    const [zero, hatch] = [token('surface'), hatching(ctx)];
    for (const area of this.context.areas.kelurahan) {
      const told = this.values.get(area.code);
      if (!told) continue;
      ctx.beginPath();
      for (const ring of area.rings) {
        ring.forEach((point, i) => (i ? ctx.lineTo(...at(...point)) : ctx.moveTo(...at(...point))));
        ctx.closePath();
      }
      ctx.fillStyle = told.value == null ? hatch : told.value < this.data.steps[0] ? zero : colours[step(told.value, this.data.steps)];
      ctx.fill('evenodd');
    }
  }
}

/** Diagonal lines for what has no figure. */
export function hatching(ctx) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const own = tile.getContext('2d');
  own.strokeStyle = token('map-line-kecamatan');
  own.lineWidth = 1;
  for (const shift of [-6, 0, 6]) {
    own.moveTo(shift, 6);
    own.lineTo(shift + 6, 0);
  }
  own.stroke();
  return ctx.createPattern(tile, 'repeat');
}
