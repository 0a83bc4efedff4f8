import L from '../shared/leaflet.js';
import { address, getJson } from '../shared/api.js';
import { config, groupOf } from '../shared/config.js';
import { t } from '../shared/i18n.js';
import { Areas } from '../map/areas.js';
import { boundsOf } from '../map/view.js';
import { baseMap, credit, scaleBar } from '../map/furniture.js';
import { refreshGround } from '../map/ground.js';
import { Labels, standing } from '../map/labels.js';
import { world } from '../map/tiles.js';

const WHOLE = { padding: [24, 24], animate: false };

/** The map of one case: the polygon that won, those that could have, the point and its accuracy. */
export class CaseMap {
  /** @param {L.Map} map the shell's */
  constructor(map) {
    Object.assign(map.options, { zoomSnap: 0.25 });
    map.setMinZoom(9);
    map.setMaxZoom(19);
    Object.assign(this, { map, ticket: null, key: null, renderer: L.svg({ padding: 0.5 }), drawn: L.layerGroup().addTo(map) });
    this.areas = new Areas();
    this.at = null;
    this.labels = new Labels(map, this.areas, () => ({ points: [], selected: this.at }), () => ({ things: standing(map), sides: [4, 4, 4, 24] }));
    this.areas.load().then(() => this.labels.layout(), () => {});
    map.on('zoomend', () => document.getElementById('map-region').classList.toggle('far', map.getZoom() < 12));
    map.fitBounds(boundsOf(config.city.bbox), WHOLE);
    for (const [id, run] of [['ctl-in', () => map.zoomIn()], ['ctl-out', () => map.zoomOut()], ['ctl-home', () => this.look()]]) document.getElementById(id)?.addEventListener('click', run);
    credit({ blurred: false });
    scaleBar(map);
    baseMap(map, () => this.labels.layout());
  }

  /** Draw *facts*, once as long as place and decision stay the same. */
  async show(facts) {
    const key = [facts.ticket, facts.decision].join();
    if (key === this.key) return;
    this.key = key;
    this.facts = facts;
    const areas = await getJson(address(`/api/v1/work/complaints/${encodeURIComponent(facts.ticket)}/area`)).catch(() => null);
    if (key !== this.key) return;
    this.drawn.clearLayers();
    const draw = (features) => L.geoJSON({ type: 'FeatureCollection', features }, {
      style: ({ properties: { role } }) => ({ className: `area-${role}`, renderer: this.renderer, interactive: false }),
    }).addTo(this.drawn);
    // The one that won lies on top, so that its line is whole; a road lies on both and may lead far out of view.
    const known = areas?.features ?? [];
    const polygons = known.filter(({ properties }) => properties.role !== 'road');
    this.area = draw(polygons.sort((a, b) => (a.properties.role === 'won') - (b.properties.role === 'won')));
    draw(known.filter(({ properties }) => properties.role === 'road'));
    this.at = null;
    if (facts.lon != null) {
      const at = L.latLng(facts.lat, facts.lon);
      this.at = world(facts.lon, facts.lat);
      if (facts.accuracy_m) L.circle(at, { radius: facts.accuracy_m, renderer: this.renderer, interactive: false, className: 'point-accuracy' }).addTo(this.drawn);
      const colour = groupOf(facts.group);
      L.circleMarker(at, { radius: 12, renderer: this.renderer, interactive: false, className: 'point-ring' }).addTo(this.drawn);
      L.circleMarker(at, { radius: 8, renderer: this.renderer, interactive: false, className: `point-here g-${colour.code}` }).addTo(this.drawn);
    }
    this.look();
    this.labels.layout();
  }

  /** Other boundaries are in force: lines, names and the polygon that decided. */
  async boundaries() {
    await Promise.all([refreshGround(this.map), this.areas.load({ anew: true })]);
    credit({ blurred: false });
    this.key = null;
    if (this.facts) await this.show(this.facts);
  }

  /** The whole decision: the polygon and the point; without either the city. */
  look() {
    const bounds = L.latLngBounds([]);
    const box = this.area?.getBounds();
    if (box?.isValid()) bounds.extend(box);
    if (this.facts?.lon != null) bounds.extend(L.latLng(this.facts.lat, this.facts.lon).toBounds(Math.max(200, 4 * (this.facts.accuracy_m ?? 0))));
    this.map.fitBounds(bounds.isValid() ? bounds : boundsOf(config.city.bbox), { ...WHOLE, maxZoom: 17 });
    document.getElementById('map-summary').textContent = this.facts?.lon == null ? t('case_no_point') : t('case_map', { ticket: this.facts.ticket });
  }
}
