import { inField } from '../shared/dom.js';
import { zoomKeys } from './zoom.js';

const STORED = 'geoapp.keys';
const PAN = { ArrowLeft: [-120, 0], ArrowRight: [120, 0], ArrowUp: [0, -120], ArrowDown: [0, 120] };

function stored() {
  try { return localStorage.getItem(STORED) !== 'off'; } catch { return true; }
}

/**
 * The keyboard. Single letters can be switched off and never fire inside a field.
 *
 * @param {L.Map} map
 * @param {Object<string, () => void>} actions by name: search filters layers next previous home help close
 * @param {HTMLInputElement} toggle the switch for single letters
 */
export function keyboard(map, actions, toggle) {
  let letters = stored();
  toggle.checked = letters;
  toggle.addEventListener('change', () => {
    letters = toggle.checked;
    try { localStorage.setItem(STORED, letters ? 'on' : 'off'); } catch { /* a private window forgets it */ }
  });
  map.keyboard?.disable(); // Leaflet's own keys would only work with the focus on the map

  const single = {
    '/': actions.search, f: actions.filters, l: actions.layers, j: actions.next, k: actions.previous,
    0: actions.home, '?': actions.help, ...zoomKeys(() => map),
  };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === 'Escape') {
      if (event.target.tagName === 'SELECT') event.target.blur(); // else letters would go on choosing options
      actions.close();
      return;
    }
    if (inField(event.target)) return;
    const pan = PAN[event.key];
    if (pan && (event.target === document.body || event.target.closest('#content'))) {
      event.preventDefault();
      map.panBy(pan, { animate: false });
      return;
    }
    const action = letters && single[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
