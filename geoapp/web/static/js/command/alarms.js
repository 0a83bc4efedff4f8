import { address, getJson } from '../shared/api.js';
import { config, groupOf, localName } from '../shared/config.js';
import { byId, el, groupGlyph, icon } from '../shared/dom.js';
import { number, time, weekday } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { boundsOf } from '../map/view.js';

const DAY_MS = 86_400_000;
const AGAIN_MS = 10 * 60_000; // runs are made now and then

/** Days that a run of hotspots looked at. */
export const daysOf = (run) => Math.round((Date.parse(run.window_to) - Date.parse(run.window_from)) / DAY_MS);

/**
 * What the latest runs found, the surest and largest first, each with its run.
 *
 * @param {{clusters?: object[], runs?: object[]}} told the answer of /api/v1/hotspots
 */
export function found({ clusters = [], runs = [] }) {
  return [...clusters]
    .sort((a, b) => b.confidence - a.confidence || b.count - a.count)
    .map((cluster) => ({ ...cluster, run: runs.find((run) => run.group === cluster.group) ?? null }));
}

/** Complaints piled up on one place, which no run has counted: how many, and where each pile lies. */
export function setAside(runs = []) {
  const piles = runs.flatMap((run) => run.set_aside ?? []);
  const places = [...new Map(piles.map(({ lon, lat }) => [`${lon} ${lat}`, [lon, lat]])).values()]; // groups share them
  return { total: piles.reduce((sum, pile) => sum + pile.count, 0), places };
}

/** The filter that shows what a cluster was counted from: its group, its window, the box around its cells. */
export function filterOf({ group, bbox: [w, s, e, n], run }) {
  const polygon = [[w, s], [e, s], [e, n], [w, n]].map(([lon, lat]) => `${lon.toFixed(6)},${lat.toFixed(6)}`).join(',');
  return { group: [group], polygon, status: 'all', since: run ? run.window_from.slice(0, 10) : 'P30D', until: '' };
}

/**
 * Where complaints cluster more than chance allows: what stands in for alarms of what has just
 * begun, and says so.
 */
export class Alarms {
  /**
   * @param {HTMLElement} node
   * @param {{onLook: (bbox: number[]) => void, onList: (filter: object) => void, onPlace: (place: number[]) => void}} on
   */
  constructor(node, on) {
    Object.assign(this, { node, on, whole: false });
  }

  async load() {
    try {
      this.take(await getJson(address('/api/v1/hotspots')));
    } catch {
      if (!this.data) this.node.replaceChildren(el('h2', {}, t('alarms')), el('p.desk-note', {}, t('hotspots_failed')));
    }
  }

  take(data) {
    this.data = data;
    this.draw();
  }

  draw() {
    this.node.hidden = false;
    const clusters = found(this.data);
    const shown = this.whole ? clusters : clusters.slice(0, 1);
    const more = clusters.length - shown.length;
    this.node.replaceChildren(...[
      el('h2', {}, t('alarms'), clusters.length ? el('span.tag', {}, t('n_hotspots', { n: number(clusters.length), count: clusters.length })) : null),
      el('p.desk-note', {}, t(clusters.length ? 'alarms_are_hotspots' : 'alarms_none')),
      ...shown.map((cluster) => this.card(cluster)),
      more > 0 ? el('button.desk-more', { type: 'button', onclick: () => this.showAll() }, t('more_hotspots', { n: number(more) })) : null,
      this.aside(),
    ].filter(Boolean));
  }

  showAll() {
    this.whole = true;
    this.draw();
    this.node.querySelectorAll('.spot-card h3')[1]?.focus();
  }

  card(cluster) {
    const group = groupOf(cluster.group);
    const name = localName(group.name);
    const where = cluster.kelurahan.slice(0, 3).join(', ') + (cluster.kelurahan.length > 3 ? ' …' : '');
    return el('div.spot-card', {},
      el('h3', { tabindex: '-1' }, groupGlyph(group), t('hotspot_title', { group: config.lang === 'en' ? name : name.toLowerCase(), level: cluster.confidence }),
        cluster.run ? el('time', { datetime: cluster.run.computed_at }, counted(cluster.run.computed_at)) : null),
      el('p', {}, t('hotspot_sentence', { where, n: number(cluster.count), count: cluster.count, days: cluster.run ? daysOf(cluster.run) : 30, even: number(cluster.expected, 1) })),
      el('div.acts', {},
        el('button.btn', { type: 'button', onclick: () => this.on.onLook(cluster.bbox) }, t('look_on_map')),
        el('button.btn.quiet', { type: 'button', onclick: () => this.on.onList(filterOf(cluster)) }, t('list_around'))));
  }

  aside() {
    const { total, places } = setAside(this.data.runs);
    if (!total) return null;
    return el('p.desk-aside', {}, icon('i-info'),
      el('span', {}, places.length === 1 ? t('set_aside', { n: number(total) }) : t('set_aside_many', { n: number(total), places: places.length })),
      el('button.desk-link', { type: 'button', onclick: () => this.on.onPlace(places[0]) }, t('look')));
  }
}

/** What stands out is said above the activity, whatever the map shows. */
export function mount(context) {
  const { state, on, announcer } = context;
  const switchOn = () => state.update({ layers: new Set([...state.get().layers, 'hotspots']) });
  const alarms = new Alarms(byId('alarms'), {
    onLook: (bbox) => {
      switchOn();
      context.showTab('map');
      context.view?.fit(boundsOf(bbox).pad(0.4), 15);
    },
    onList: (filter) => {
      state.update({ ...state.nothing(), ...filter });
      context.showTab('list');
      context.showDesk('complaints');
      announcer.say(t('list_around_said'));
    },
    onPlace: ([lon, lat]) => {
      context.showTab('map');
      context.map?.setView([lat, lon], 17, { animate: false });
    },
  });
  on('boundaries', () => alarms.load());
  setInterval(() => { if (!document.hidden) alarms.load(); }, AGAIN_MS);
  alarms.load();
}

/** When a run was computed: the time today, the day otherwise. */
function counted(at) {
  const today = weekday(at) === weekday(Date.now());
  return today ? time(at) : weekday(at);
}
