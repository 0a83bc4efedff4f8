import { drawGlyph, token } from './glyphs.js';

/** Glyphs drawn once and stamped onto a canvas as often as wanted: thousands at a time while it moves. */
export class Stamps {
  constructor() { this.made = new Map(); }

  clear() { this.made.clear(); }

  /** Stamp glyph *id* in the colour of a token, *size* pixels wide, centred on x, y. */
  draw(ctx, id, colour, x, y, size) {
    const ratio = window.devicePixelRatio || 1;
    const key = `${id} ${colour} ${size} ${ratio}`;
    let stamp = this.made.get(key);
    if (!stamp) {
      stamp = document.createElement('canvas');
      stamp.width = stamp.height = Math.ceil((size + 2) * ratio);
      const own = stamp.getContext('2d');
      own.scale(ratio, ratio);
      drawGlyph(own, id, (size + 2) / 2, (size + 2) / 2, size, token(colour));
      this.made.set(key, stamp);
    }
    const width = stamp.width / ratio;
    ctx.drawImage(stamp, x - width / 2, y - width / 2, width, width);
  }
}
