import { zoomKeys } from '../map/zoom.js';
import { byId } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { keyboard, keysDialog } from '../work/shared/keys.js';
import { focusedTicket } from './drawer.js';

const PAN = { ArrowLeft: [-120, 0], ArrowRight: [120, 0], ArrowUp: [0, -120], ArrowDown: [0, 120] };

/** Whether an arrow key pressed on *target* moves the map: nothing else on the page could want it. */
export function pans(target, body, region) {
  return target === body || target === region || Boolean(region?.contains?.(target));
}

/**
 * The whole keyboard of the live map; single letters can be switched off and never fire inside a field.
 *
 * @param {{map: L.Map|null, region: HTMLElement, keys: Object<string, (event: KeyboardEvent) => void>, close: () => void, toggle: HTMLInputElement}} page
 *   *keys*: letters and signs beside those of the map
 */
export function commandKeys({ map, region, keys, close, toggle }) {
  map?.keyboard?.disable(); // Leaflet's own would only work with the focus on the map
  keyboard({ ...zoomKeys(() => map), ...keys }, close, toggle);
  document.addEventListener('keydown', (event) => {
    const by = PAN[event.key];
    if (!by || !map || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !pans(event.target, document.body, region)) return;
    event.preventDefault();
    map.panBy(by, { animate: false });
  });
}

/** Everything on the page by keyboard, and the list of its keys. */
export function mount(context) {
  const { announcer, togglers } = context;
  const help = keysDialog(byId('keys'));
  byId('show-keys').addEventListener('click', () => help());
  togglers.keys = help;

  commandKeys({
    map: context.map,
    region: byId('map-region'),
    toggle: byId('keys-on'),
    close: () => context.closeTop(),
    keys: {
      '/': () => byId('search').focus(),
      f: () => togglers.filters?.(true),
      l: () => togglers.layers?.(),
      j: () => context.step(1),
      k: () => context.step(-1),
      x: () => { const ticket = focusedTicket() ?? context.state.get().open; if (ticket) context.selection.toggle(ticket); },
      ...context.steps.keys,
      s: () => context.lasso(),
      p: () => announcer.say(t(context.activity.pause() ? 'activity_paused' : 'activity_resumed')),
      0: () => byId('ctl-home').click(),
      '?': () => help(),
    },
  });
  return {
    close: () => {
      if (byId('keys').hidden) return false;
      help(false);
      return true;
    },
  };
}
