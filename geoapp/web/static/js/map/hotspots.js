import L from '../shared/leaflet.js';
import { address, getJson } from '../shared/api.js';
import { config, groupOf, localName } from '../shared/config.js';
import { el, groupGlyph, icon } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';

/** Hexagons of the latest hotspot runs, their outline, and the list of clusters beside the map. */
export class Hotspots {
  /**
   * @param {L.Map} map
   * @param {HTMLElement} panel where clusters are listed
   * @param {(cluster: object) => void} onCluster called when one is chosen
   */
  constructor(map, panel, onCluster) {
    Object.assign(this, { map, panel, onCluster, data: null });
    const pane = map.createPane('hotspots');
    pane.style.zIndex = 400;
    pane.style.pointerEvents = 'none';
    this.layer = L.layerGroup();
  }

  /** Levels of confidence now drawn, for the legend. */
  get drawn() {
    if (!this.map.hasLayer(this.layer) || !this.data) return [];
    return [...new Set(this.data.features.map((feature) => feature.properties.confidence))].sort();
  }

  hide() {
    this.request?.abort();
    this.layer.remove();
    this.panel.hidden = true;
  }

  /** Fetch and draw the hotspots of these groups (all when empty). */
  async show(groups) {
    this.request?.abort();
    this.request = new AbortController();
    try {
      this.data = await getJson(address('/api/v1/hotspots', { group: groups.join(',') }), { signal: this.request.signal });
    } catch (error) {
      if (error.name !== 'AbortError') this.fail();
      return;
    }
    this.draw();
    this.list();
  }

  fail() {
    this.panel.replaceChildren(el('p.state', {}, t('hotspots_failed')));
    this.panel.hidden = false;
  }

  draw() {
    this.layer.clearLayers();
    const { features } = this.data;
    const common = { pane: 'hotspots', interactive: false, smoothFactor: 0 };
    L.geoJSON(features, { ...common, style: (feature) => ({ className: `h${feature.properties.confidence}` }) }).addTo(this.layer);
    for (const group of new Set(features.map((feature) => feature.properties.group))) {
      const cells = features.filter((feature) => feature.properties.group === group);
      const core = cells.filter((feature) => feature.properties.confidence === 99);
      L.polyline(outline(cells), { ...common, className: 'h-edge' }).addTo(this.layer);
      L.polyline(outline(core), { ...common, className: 'h-core' }).addTo(this.layer);
    }
    this.layer.addTo(this.map);
  }

  list() {
    const clusters = this.data.clusters ?? [];
    const rows = clusters.slice(0, 5).map((cluster) => el('li', {}, this.row(cluster)));
    const note = this.setAside();
    this.panel.replaceChildren(
      el('h2', {}, t('hotspots'), el('span.muted', {}, this.period())),
      rows.length ? el('ul', {}, rows) : el('p.muted', {}, t('hotspots_none')),
      ...(note ? [note] : []),
    );
    this.panel.hidden = false;
  }

  /** "30 hari terakhir" when all runs look at the same span, else nothing. */
  period() {
    const days = new Set((this.data.runs ?? []).map((run) => Math.round((new Date(run.window_to) - new Date(run.window_from)) / 86_400_000)));
    return days.size === 1 ? t('last_period', { period: t('filter_days', { n: [...days][0] }) }) : null;
  }

  row(cluster) {
    const group = groupOf(cluster.group);
    const name = localName(group.name);
    return el('button.spot', { type: 'button', onclick: () => this.onCluster(cluster) },
      groupGlyph(group),
      el('b', {}, t('hotspot_title', { group: config.lang === 'en' ? name : name.toLowerCase(), level: cluster.confidence })),
      el('span.meta', {}, cluster.kelurahan.join(', ')),
      el('span.meta', {}, t('hotspot_counts', { n: number(cluster.count), usual: number(cluster.expected, 1) })));
  }

  setAside() {
    const piles = (this.data.runs ?? []).flatMap((run) => run.set_aside ?? []);
    if (!piles.length) return null;
    const total = piles.reduce((sum, pile) => sum + pile.count, 0);
    const text = piles.length === 1 ? t('set_aside', { n: number(total) }) : t('set_aside_many', { n: number(total), places: piles.length });
    return el('p.aside', {}, icon('i-info'), text);
  }
}

/** Edges that belong to one hexagon only, as [lat, lon] segments: the outline of them all. */
export function outline(features) {
  const edges = new Map();
  const name = ([lon, lat]) => `${lon.toFixed(5)},${lat.toFixed(5)}`;
  for (const feature of features) {
    const polygons = feature.geometry.type === 'Polygon' ? [feature.geometry.coordinates] : feature.geometry.coordinates;
    for (const [ring] of polygons) {
      for (let i = 1; i < ring.length; i += 1) {
        const key = [name(ring[i - 1]), name(ring[i])].sort().join(' ');
        if (edges.has(key)) edges.set(key, null);
        else edges.set(key, [ring[i - 1], ring[i]]);
      }
    }
  }
  return [...edges.values()].filter(Boolean).map((edge) => edge.map(([lon, lat]) => [lat, lon]));
}
