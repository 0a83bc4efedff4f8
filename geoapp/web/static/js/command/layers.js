import { byId, el } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { Hotspots } from '../map/hotspots.js';
import { gather } from '../map/rules.js';
import { Flags } from './flags.js';
import { Kin } from './kin.js';
import { Rules } from './rules.js';
import { Shade } from './shade.js';
import * as state from './state.js';

/** What can be switched on over and under the complaints, and the panel that does it. */
export class Things {
  /**
   * @param {L.Map} map
   * @param {object} context of the page
   * @param {{legend: () => void, placeLabels: () => void, points: () => object[]}} told *points*: those drawn now
   */
  constructor(map, context, { legend, placeLabels, points }) {
    Object.assign(this, { context, legend, soon: gather(() => this.show(true), 5000) });
    const look = (cluster) => { context.view?.fit(cluster.bounds.pad(0.4), 15); };
    this.hotspots = new Hotspots(map, el('section'), () => {}); // the right column lists them
    this.flags = new Flags(map, look);
    this.shade = new Shade(map, context, () => { placeLabels(); legend(); });
    this.rules = new Rules(map, context, legend);
    this.kin = new Kin(map, context, points, legend);
    byId('layers').addEventListener('change', (event) => this.changed(event.target));
    byId('colour').addEventListener('click', (event) => { if (event.target.dataset.colour) state.update({ colour: event.target.dataset.colour }); });
    this.sync();
  }

  changed(field) {
    const shading = field.id === 'layer-shade';
    const on = new Set([...state.get().layers].filter((name) => !shading || !name.startsWith('shade:')));
    if (shading) { if (field.value) { on.add(`shade:${field.value}`); on.delete('density'); } }
    else on[field.checked ? 'add' : 'delete'](field.value);
    // Two tints on one ground could not be told apart.
    if (field.value === 'density' && field.checked) for (const name of on) if (name.startsWith('shade:')) on.delete(name);
    state.update({ layers: on });
  }

  sync() {
    const { layers: on, colour } = state.get();
    for (const box of byId('layers').querySelectorAll('input[value]')) box.checked = on.has(box.value);
    byId('layer-shade').value = state.shade() ?? '';
    byId('layers-on').textContent = number(on.size);
    for (const button of byId('colour').children) button.setAttribute('aria-pressed', String(button.dataset.colour === colour));
  }

  /** Draw what is switched on; *anew* asks the server again, as after other filters. */
  show(anew = false) {
    this.sync();
    const { layers: on, group } = state.get();
    const wanted = on.has('hotspots') || on.has('alarms');
    if (!wanted) { this.hotspots.hide(); this.flags.hide(); this.asked = null; } else if (anew || this.asked !== group.join()) this.loadHotspots(group);
    else this.drawHotspots();
    this.shade.show(anew);
    this.rules.show(on.has('service_areas'));
    this.kin.show(on.has('duplicates'), anew);
  }

  /** Clusters and hexagons come with one answer; what of it is drawn is for the layers to say. */
  async loadHotspots(group) {
    this.asked = group.join();
    await this.hotspots.show(group);
    if (this.hotspots.data) this.context.emit('hotspots', this.hotspots.data);
    this.drawHotspots();
  }

  drawHotspots() {
    const { layers: on } = state.get();
    if (!this.hotspots.data) return;
    if (on.has('hotspots')) this.hotspots.draw();
    else this.hotspots.layer.remove();
    this.flags.draw(on.has('alarms') ? this.hotspots.data : null);
    this.legend();
  }

  /** Other areas are in force: what is drawn of them is asked for again. */
  boundaries() { this.rules.forget(); this.show(true); }

  repaint() { this.shade.repaint(); this.rules.repaint(); this.kin.repaint(); }
}
