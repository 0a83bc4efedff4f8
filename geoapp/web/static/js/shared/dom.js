const SVG = 'http://www.w3.org/2000/svg';

/**
 * Build an element. Strings among the children become text nodes, never markup; null is skipped.
 *
 * @param {string} tag tag and classes, like "span.meta" or "button.btn.primary"
 * @param {Object} [attributes] `onclick` etc. add listeners, `dataset` is copied, true/false switch
 * @param {...(Node|string|null)} children
 */
export function el(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'dataset') Object.assign(node.dataset, value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child != null));
  return node;
}

/** An icon of the sprite by its full id: `i-plus`, `g-road`, `s-resolved`. */
export function icon(id) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'i');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `#${id}`);
  svg.append(use);
  return svg;
}

/** A group's glyph in its colour; an unknown glyph falls back to the neutral one. */
export function groupGlyph(group) {
  const id = document.getElementById(`g-${group.glyph}`) ? `g-${group.glyph}` : 'g-other';
  return el(`span.gl.g-${group.code}`, {}, icon(id));
}

/** The element with *id*; throws when the template and the script have drifted apart. */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`no element #${id} in this page`);
  return node;
}

/** True when a key press belongs to a field being typed in. */
export function inField(target) {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
}

export const reducedMotion = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;
