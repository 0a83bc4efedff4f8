import { el } from '../shared/dom.js';

/**
 * A text field with a list below it, worked by keyboard as ARIA's combobox describes.
 *
 * @param {object} parts
 * @param {HTMLInputElement} parts.input
 * @param {HTMLElement} parts.list
 * @param {(text: string) => {key: string, label: (Node|string)[], value: any}[]} parts.find
 * @param {(value: any) => void} parts.pick
 * @param {(text: string) => void} [parts.typed]  what was typed, before anything is picked
 * @returns {{renew: () => void}} renew: what `find` looks in has come since; who asked already is shown it
 */
export function picker({ input, list, find, pick, typed = () => {} }) {
  let options = [];
  let at = -1;
  let asked = false;

  const open = () => !list.hidden;

  function close() {
    asked = false;
    hide();
  }

  function hide() {
    list.hidden = true;
    at = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }

  function mark(index) {
    at = index;
    [...list.children].forEach((node, position) => {
      node.setAttribute('aria-selected', String(position === at));
      if (position === at) node.scrollIntoView({ block: 'nearest' });
    });
    if (at < 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', list.children[at].id);
  }

  function show() {
    asked = true;
    options = find(input.value.trim());
    list.replaceChildren(...options.map((option, index) => el('li', {
      id: `${list.id}-${index}`, role: 'option', 'aria-selected': 'false',
      // before the field loses its focus
      onpointerdown: (event) => { event.preventDefault(); take(index); },
    }, ...option.label)));
    if (!options.length) { hide(); return; }
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    mark(0);
  }

  function take(index) {
    const option = options[index];
    close();
    if (option) pick(option.value);
  }

  input.addEventListener('input', () => { typed(input.value.trim()); show(); });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open()) { show(); return; }
      const step = event.key === 'ArrowDown' ? 1 : -1;
      mark((at + step + options.length) % options.length);
    } else if (event.key === 'Enter' && open() && !event.ctrlKey) {
      event.preventDefault();
      take(at);
    } else if (event.key === 'Tab' && open() && input.value.trim()) {
      take(at);
    } else if (event.key === 'Escape' && open()) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  return { renew: () => { if (asked) show(); } };
}
