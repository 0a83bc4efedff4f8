import L from '../shared/leaflet.js';
import { config } from '../shared/config.js';
import { getJson } from '../shared/api.js';
import { byId, el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { baseMap, scaleBar } from '../map/furniture.js';
import { boundsOf } from '../map/view.js';
import { addAreaLabels } from '../report/labels.js';
import { Pins } from './pins.js';
import { Rows } from './rows.js';
import { changesView, faultsView, looks, movesView } from './views.js';

const WHOLE = { padding: [16, 16], animate: false };
/** A sliver fills no screen: nearer than this nothing is seen around it. */
const CLOSEST = 18;

/** One set on the map beside a list; the two always show the same, and choosing in one chooses in both. */
export class SetMap {
  /** @param {string} at address of the set's page */
  constructor(at) {
    const found = window[config.map_variable ?? 'geoapp_map'];
    this.map = window.L && found instanceof L.Map ? found : null;
    Object.assign(this, { at, view: '', names: new Map(), renderer: L.svg({ padding: 0.5 }) });
  }

  async start() {
    const { map } = this;
    if (!map) return;
    Object.assign(map.options, { zoomSnap: 0.25 });
    map.setMinZoom(9);
    map.setMaxZoom(19);
    map.scrollWheelZoom.disable(); // the page scrolls; two fingers, + and − zoom
    map.on('click focus', () => map.scrollWheelZoom.enable());
    map.on('zoomend', () => byId('map-region').classList.toggle('far', map.getZoom() < 12));
    for (const [id, run] of [['ctl-in', () => map.zoomIn()], ['ctl-out', () => map.zoomOut()], ['ctl-home', () => this.home()]]) byId(id).addEventListener('click', run);
    scaleBar(map);
    baseMap(map, () => {});
    this.own = L.layerGroup().addTo(map);
    this.drawn = L.layerGroup().addTo(map);
    this.rows = new Rows(byId('rows'), (item) => this.choose(item));
    this.pins = new Pins(map, (item) => this.choose(item, { fromMap: true }));
    const buttons = [...document.querySelectorAll('.b-views [data-view]')];
    for (const button of buttons) button.addEventListener('click', () => this.show(button.dataset.view));
    if (buttons.length > 1) buttons[0].parentElement.hidden = false;
    this.home();
    try {
      this.areas = await getJson(`${this.at}/areas.geojson`);
    } catch {
      this.failed();
      return;
    }
    for (const { properties: { code, name } } of this.areas.features) this.names.set(code, name);
    this.box = L.geoJSON(withShape(this.areas)).getBounds();
    this.home();
    const labelled = this.areas.features.filter(({ properties }) => properties.label && properties.change !== 'gone');
    addAreaLabels(map, async () => ({ features: labelled }));
    hatch(this.renderer, map);
    const [first] = buttons;
    await this.show(location.hash === '#changes' ? 'changes' : first?.dataset.view ?? 'changes');
  }

  home() {
    const box = this.box?.isValid() ? this.box : boundsOf(config.city.bbox);
    this.map.fitBounds(box, WHOLE);
  }

  failed() {
    byId('map-told').textContent = t('b_map_failed');
  }

  /** The set's own outlines, below whatever is shown. */
  outlines(view) {
    this.own.clearLayers();
    const here = view === 'changes' ? [] : withShape(this.areas).features.filter(({ properties }) => properties.change !== 'gone');
    L.geoJSON({ type: 'FeatureCollection', features: here }, {
      renderer: this.renderer, interactive: false, style: ({ properties }) => looks('a-own', properties),
    }).addTo(this.own);
  }

  /** Show one of the views: faults, changes, moves. */
  async show(view) {
    this.view = view;
    for (const button of document.querySelectorAll('.b-views [data-view]')) button.setAttribute('aria-pressed', String(button.dataset.view === view));
    let shown;
    try {
      shown = await { faults: faultsView, changes: changesView, moves: movesView }[view](this);
    } catch {
      if (this.view === view) this.failed();
      return;
    }
    if (this.view !== view) return; // another one was chosen meanwhile
    byId('map-region').classList.toggle('compared', view === 'changes' && shown.compared);
    this.outlines(view);
    this.drawn.clearLayers();
    this.chosen = null;
    shown.draw(this.drawn, this.renderer, (item) => this.choose(item, { fromMap: true }));
    this.pins.show(shown.pins);
    this.rows.show(shown.items, shown.empty);
    byId('map-told').textContent = shown.told;
    byId('map-told').classList.toggle('sr', !shown.items.length); // the empty list says it itself
    byId('legend').replaceChildren(el('ul', {}, ...shown.legend));
    byId('legend').hidden = !shown.legend.length;
  }

  /** Choose *item*: its row, its sign, its shape; from the list the map goes there as well. */
  choose(item, { fromMap = false } = {}) {
    this.chosen?.layer?.getElement?.()?.classList.remove('f-chosen');
    this.chosen = item;
    this.rows.choose(item);
    this.pins.choose(item);
    item.layer?.bringToFront?.();
    item.layer?.getElement?.()?.classList.add('f-chosen');
    if (fromMap || !item.bounds?.isValid()) return;
    this.map.fitBounds(item.bounds, { animate: false, maxZoom: item.closest ?? CLOSEST, padding: [80, 80] });
    this.pins.layout();
  }

  /** What the areas with these codes are called. */
  called(codes) {
    return codes.map((code) => this.names.get(code) ?? code);
  }
}

/** Only what has a shape: a service area of the whole city has none. */
function withShape(collection) {
  return { ...collection, features: collection.features.filter(({ geometry }) => geometry) };
}

/** Hatching for what is gone: told apart without colour. */
function hatch(renderer, map) {
  renderer.addTo(map);
  const svg = renderer._container; // Leaflet offers no other way in
  if (!svg || svg.querySelector('#b-hatch')) return;
  const make = (name, attributes) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const pattern = make('pattern', { id: 'b-hatch', width: 7, height: 7, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' });
  pattern.append(make('line', { x1: 0, y1: 0, x2: 0, y2: 7, stroke: '#63707c', 'stroke-width': 1.6 }));
  const defs = make('defs', {});
  defs.append(pattern);
  svg.prepend(defs);
}
