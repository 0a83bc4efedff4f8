/** The sprite's shapes as canvas paths, so the map and the page share one source of glyphs. */

const cache = new Map();

function circle(node) {
  const path = new Path2D();
  const number = (name) => Number(node.getAttribute(name));
  path.arc(number('cx'), number('cy'), number('r'), 0, 2 * Math.PI);
  return path;
}

function parts(id) {
  if (!cache.has(id)) {
    const symbol = document.getElementById(id);
    const shapes = symbol ? [...symbol.querySelectorAll('path, circle')] : [];
    cache.set(id, shapes.map((node) => ({
      path: node.tagName === 'circle' ? circle(node) : new Path2D(node.getAttribute('d')),
      filled: node.getAttribute('fill') === 'currentColor',
      stroked: node.getAttribute('stroke') !== 'none',
      ground: (node.getAttribute('stroke') ?? '').startsWith('var('), // cut out of a filled shape
      dash: (node.getAttribute('stroke-dasharray') ?? '').split(' ').filter(Boolean).map(Number),
      width: Number(node.getAttribute('stroke-width')) || 1.5,
    })));
  }
  return cache.get(id);
}

/** Draw symbol *id* of the 16 px grid, *size* pixels wide, centred on x, y. */
export function drawGlyph(ctx, id, x, y, size, colour) {
  ctx.save();
  ctx.translate(x - size / 2, y - size / 2);
  ctx.scale(size / 16, size / 16);
  Object.assign(ctx, { strokeStyle: colour, fillStyle: colour, lineCap: 'round', lineJoin: 'round' });
  for (const part of parts(id)) {
    ctx.lineWidth = part.width;
    ctx.setLineDash(part.dash);
    if (part.filled) ctx.fill(part.path);
    ctx.strokeStyle = part.ground ? token('surface') : colour;
    if (part.stroked) ctx.stroke(part.path);
  }
  ctx.restore();
}

/** A design token's present value. */
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
