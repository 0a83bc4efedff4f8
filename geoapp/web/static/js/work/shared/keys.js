import { inField } from '../../shared/dom.js';

const STORED = 'geoapp.keys';

function stored() {
  try { return localStorage.getItem(STORED) !== 'off'; } catch { return true; }
}

/** The name under which a key press is bound: letters in lower case, everything else as it is. */
export const keyName = (event) => (event.key.length === 1 ? event.key.toLowerCase() : event.key);

/**
 * Single keys for staff pages. They can be switched off, never fire inside a field, and leave a
 * focused button or link its Enter.
 *
 * @param {Object<string, (event: KeyboardEvent) => void>} bindings by key name
 * @param {() => void} close what Escape does, also inside a field
 * @param {HTMLInputElement} [toggle] the switch for them
 */
export function keyboard(bindings, close, toggle = null) {
  let on = stored();
  if (toggle) {
    toggle.checked = on;
    toggle.addEventListener('change', () => {
      on = toggle.checked;
      try { localStorage.setItem(STORED, on ? 'on' : 'off'); } catch { /* a private window forgets it */ }
    });
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === 'Escape') {
      if (event.target.tagName === 'SELECT') event.target.blur();
      close(event);
      return;
    }
    if (!on || event.repeat && !['j', 'k'].includes(keyName(event)) || typing(event.target)) return;
    const action = bindings[keyName(event)];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}

/** A checkbox takes no letters, so keys work on it; every other field keeps its own. */
function typing(target) {
  return inField(target) && !target.matches('input[type="checkbox"]');
}

/** Show or hide the list of keys; focus goes to its title and back to where it was. */
export function keysDialog(node) {
  const title = node.querySelector('h2');
  let before = null;
  const toggle = (open = node.hidden) => {
    if (open === !node.hidden) return;
    if (open) before = document.activeElement;
    node.hidden = !open;
    if (open) title.focus();
    else if (before?.isConnected) before.focus({ preventScroll: true });
  };
  node.querySelector('button')?.addEventListener('click', () => toggle(false));
  return toggle;
}
