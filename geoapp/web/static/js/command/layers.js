import { byId } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { debounce } from '../map/rules.js';
import * as state from './state.js';

/** What can be switched on over and under the complaints, and the panel that does it. */
export class Things {
  constructor(map, context, { legend, placeLabels }) {
    Object.assign(this, { map, context, legend, placeLabels, hotspots: null, soon: debounce(() => this.show(true), 2000) });
    byId('layers').addEventListener('change', (event) => this.changed(event.target));
    byId('colour').addEventListener('click', (event) => { if (event.target.dataset.colour) state.update({ colour: event.target.dataset.colour }); });
    this.sync();
  }

  changed(field) {
    if (field.id === 'layer-play') return;
    const on = new Set([...state.get().layers].filter((name) => field.id !== 'layer-shade' || !name.startsWith('shade:')));
    if (field.id === 'layer-shade') { if (field.value) on.add(`shade:${field.value}`); }
    else on[field.checked ? 'add' : 'delete'](field.value);
    state.update({ layers: on });
  }

  sync() {
    const { layers: on, colour } = state.get();
    for (const box of byId('layers').querySelectorAll('input[value]')) if (box.id !== 'layer-play') box.checked = on.has(box.value);
    byId('layer-shade').value = state.shade() ?? '';
    byId('layers-on').textContent = number(on.size);
    for (const button of byId('colour').children) button.setAttribute('aria-pressed', String(button.dataset.colour === colour));
  }

  /** Draw what is switched on; *anew* asks the server again. */
  show() { this.sync(); }

  /** The span of days the play back shows; empty when it isn't on. */
  window() { return {}; }

  repaint() {}
}
