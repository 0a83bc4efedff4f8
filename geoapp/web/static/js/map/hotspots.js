import L from '../shared/leaflet.js';
import { address, getJson } from '../shared/api.js';
import { config, groupOf, localName } from '../shared/config.js';
import { el, groupGlyph, icon } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';

const FEW = 3;

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
    const features = strongest(this.data.features);
    const common = { pane: 'hotspots', interactive: false, smoothFactor: 0 };
    L.geoJSON(features, { ...common, style: (feature) => ({ className: `h${feature.properties.confidence}` }) }).addTo(this.layer);
    const core = features.filter((feature) => feature.properties.confidence === 99);
    L.polyline(outline(features), { ...common, className: 'h-edge' }).addTo(this.layer);
    L.polyline(outline(core), { ...common, className: 'h-core' }).addTo(this.layer);
    this.layer.addTo(this.map);
  }

  list() {
    const clusters = [...(this.data.clusters ?? [])].sort((a, b) => b.confidence - a.confidence || b.count - a.count);
    const rows = clusters.map((cluster, i) => el('li', { hidden: i >= FEW }, this.row(cluster)));
    const more = rows.length <= FEW ? null : el('button.btn.quiet', {
      type: 'button',
      onclick: (event) => {
        for (const row of rows) row.hidden = false;
        event.target.remove();
        rows[FEW].firstChild.focus();
      },
    }, t('more_hotspots', { n: rows.length - FEW }));
    const note = this.setAside();
    this.panel.replaceChildren(
      el('h2', {}, t('hotspots'), el('span.muted', {}, this.period())),
      rows.length ? el('ul', {}, rows) : el('p.muted', {}, t('hotspots_none')),
      ...[more, note].filter(Boolean),
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
      // Cells can be hot by their neighbours alone; "0 complaints" would read as a mistake.
      cluster.count ? el('span.meta', {}, t('hotspot_counts', { n: number(cluster.count), even: number(cluster.expected, 1) })) : null);
  }

  setAside() {
    const piles = (this.data.runs ?? []).flatMap((run) => run.set_aside ?? []);
    if (!piles.length) return null;
    const total = piles.reduce((sum, pile) => sum + pile.count, 0);
    const places = new Set(piles.map(({ lon, lat }) => `${lon} ${lat}`)).size; // groups share them
    const text = places === 1 ? t('set_aside', { n: number(total) }) : t('set_aside_many', { n: number(total), places });
    return el('p.aside', {}, icon('i-info'), text);
  }
}

/** One hexagon per cell: where several groups are hot, the surest one is drawn. */
export function strongest(features) {
  const cells = new Map();
  for (const feature of features) {
    const key = feature.geometry.coordinates[0].map(([lon, lat]) => `${lon.toFixed(5)},${lat.toFixed(5)}`).sort()[0];
    const other = cells.get(key);
    if (!other || other.properties.confidence < feature.properties.confidence) cells.set(key, feature);
  }
  return [...cells.values()];
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
