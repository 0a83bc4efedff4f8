/**
 * The page configuration the server wrote into <script type="application/json" id="geoapp-config">.
 * Empty object when the page has none (tests).
 */
const node = typeof document === 'undefined' ? null : document.getElementById('geoapp-config');

export const config = node ? JSON.parse(node.textContent) : {};

const groups = new Map((config.groups ?? []).map((group) => [group.code, group]));

/** The group of *code*, or a grey stand-in for one this page does not know. */
export function groupOf(code) {
  return groups.get(code) ?? { code, name: { id: code, en: code }, colour: '#63707c', colour_dark: '#8a98a4', glyph: 'other' };
}

/** A group's colour on the page's present ground. */
export const colourOf = (group) => (document.documentElement.dataset.theme === 'dark' ? group.colour_dark : group.colour);

/** A {id, en} name in the language of the page. */
export function localName(name) {
  if (name == null || typeof name === 'string') return name ?? '';
  return name[config.lang] ?? name.id ?? name.en ?? '';
}
