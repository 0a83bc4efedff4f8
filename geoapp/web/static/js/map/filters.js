import { config, groupOf, localName } from '../shared/config.js';
import { el, groupGlyph, icon } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import * as state from './state.js';

const STATUSES = ['submitted', 'verified', 'assigned', 'in_progress', 'on_hold', 'reopened'];
const PERIODS = ['P1D', 'P7D', 'P30D', 'P90D', 'P365D'];
const FEW = 8;

/** Chips of groups and the three selects, kept in step with the state. */
export class Filters {
  /**
   * @param {{chips: HTMLElement, status: HTMLSelectElement, area: HTMLSelectElement, since: HTMLSelectElement, tokens: HTMLElement}} nodes
   * @param {import('./areas.js').Areas} areas
   * @param {(area: object) => void} onArea called when an area was chosen by hand
   */
  constructor(nodes, areas, onArea) {
    Object.assign(this, { nodes, areas, onArea, counts: null, all: false });
    this.fillStatus();
    this.fillArea();
    this.fillSince();
    this.drawChips();
    nodes.status.addEventListener('change', () => state.update({ status: nodes.status.value }));
    nodes.since.addEventListener('change', () => state.update({ since: nodes.since.value }));
    nodes.area.addEventListener('change', () => this.chooseArea(nodes.area.value));
    state.on('filters', () => this.sync());
    this.sync();
  }

  fillStatus() {
    const option = (value, text) => el('option', { value }, text);
    this.nodes.status.replaceChildren(
      option('', t('filter_open')), option('overdue', t('filter_overdue')),
      ...STATUSES.map((status) => option(status, t(`status_${status}`))),
      option('done', t('filter_done')), option('all', t('filter_all')));
  }

  fillSince() {
    this.nodes.since.replaceChildren(
      el('option', { value: '' }, t('filter_any_time')),
      ...PERIODS.map((period) => el('option', { value: period }, periodName(period))));
  }

  fillArea() {
    const { area } = this.nodes;
    area.replaceChildren(el('option', { value: '' }, t('filter_area')));
    for (const parent of this.areas.kecamatan) {
      const inside = this.areas.kelurahan.filter((child) => child.parent === parent.code);
      area.append(el('optgroup', { label: t('kecamatan_short', { name: parent.name }) },
        el('option', { value: parent.code }, t('filter_whole', { name: parent.name })),
        inside.map((child) => el('option', { value: child.code }, child.name))));
    }
    const lone = this.areas.kelurahan.filter((child) => !child.parent);
    area.append(...lone.map((child) => el('option', { value: child.code }, child.name)));
    this.sync();
  }

  /** Filter by the kelurahan or kecamatan with *code*; an empty code takes the filter away. */
  chooseArea(code) {
    const parent = this.areas.kecamatan.some((area) => area.code === code);
    state.update({ kecamatan: parent ? code : '', kelurahan: code && !parent ? [code] : [], bbox: '' });
    const area = this.areas.find(code);
    if (area) this.onArea(area);
  }

  /** Counts of the present area and period by group: {road: {open, total}}. */
  setCounts(counts) {
    this.counts = counts;
    this.drawChips();
  }

  /** The number a group shows: open ones, or all when another status was chosen; null before it is known. */
  count(code) {
    if (!this.counts) return null;
    const count = this.counts[code] ?? { open: 0, total: 0 };
    return state.get().status ? count.total : count.open;
  }

  drawChips() {
    const chosen = state.get().group;
    const groups = [...new Set([...(config.groups ?? []).map((group) => group.code), ...chosen])];
    // The first eight of the city's own order always stand there, so that nothing moves under the finger.
    const few = new Set([...groups.slice(0, FEW), ...chosen]);
    const shown = this.all ? groups : groups.filter((code) => few.has(code));
    const focused = this.nodes.chips.contains(document.activeElement) ? document.activeElement.dataset.group : null;
    this.nodes.chips.replaceChildren(...shown.map((code) => this.chip(code, chosen)));
    if (groups.length > few.size) {
      const text = this.all ? t('fewer_groups') : t('more_groups', { n: groups.length - few.size });
      this.nodes.chips.append(el('button.chip.more', { type: 'button', 'aria-expanded': String(this.all), dataset: { group: '+' }, onclick: () => { this.all = !this.all; this.drawChips(); } }, text));
    }
    if (focused) this.nodes.chips.querySelector(`[data-group="${CSS.escape(focused)}"]`)?.focus();
  }

  chip(code, chosen) {
    const group = groupOf(code);
    const pressed = chosen.includes(code);
    const toggle = () => state.update({ group: pressed ? chosen.filter((one) => one !== code) : [...chosen, code] });
    return el('button.chip', { type: 'button', 'aria-pressed': String(pressed), dataset: { group: code }, onclick: toggle },
      groupGlyph(group), `${localName(group.name)} `, el('span.n', {}, this.counts ? number(this.count(code)) : '\u2007\u2007'));
  }

  sync() {
    const now = state.get();
    // An address may name what the lists don't offer, such as two weeks.
    offer(this.nodes.status, now.status, statusName);
    offer(this.nodes.since, now.since, periodName);
    this.nodes.area.value = now.kelurahan[0] ?? now.kecamatan;
    if (this.nodes.area.selectedIndex < 0) this.nodes.area.value = '';
    for (const node of [this.nodes.status, this.nodes.since, this.nodes.area]) node.parentElement.classList.toggle('set', node.value !== '');
    this.drawChips();
    this.drawTokens(now);
  }

  /** Filters that have no control of their own: words and a place picked on the map. */
  drawTokens(now) {
    const tokens = [];
    if (now.q) tokens.push(['q', t('token_words', { words: now.q })]);
    if (now.bbox) tokens.push(['bbox', t('token_box')]);
    if (now.service) tokens.push(['service', now.service]);
    if (now.agency) tokens.push(['agency', now.agency]);
    this.nodes.tokens.replaceChildren(...tokens.map(([key, text]) => el('button.chip.token', {
      type: 'button', 'aria-label': t('remove_filter', { name: text }), onclick: () => state.update({ [key]: '' }),
    }, text, icon('i-x'))));
    this.nodes.tokens.hidden = tokens.length === 0;
  }
}

/** Choose *value* in *select*, adding an option for it where there is none. */
function offer(select, value, name) {
  if (![...select.options].some((option) => option.value === value)) select.append(el('option', { value }, name(value)));
  select.value = value;
}

/** "Diterima, Terverifikasi" for submitted,verified. */
export function statusName(statuses) {
  return statuses.split(',').map((status) => t(`status_${status}`)).join(', ');
}

/** "90 hari" for P90D. */
export function periodName(period) {
  const days = /^P(\d+)D$/.exec(period)?.[1];
  return days ? t('filter_days', { n: Number(days) }) : period;
}

/**
 * What hides everything, in words, and how to take it away: [{text, patch}], the narrowest first.
 *
 * @param {import('./areas.js').Areas} areas
 */
export function reasons(areas) {
  const now = state.get();
  const list = [];
  if (now.q) list.push({ text: t('clear_words'), patch: { q: '' } });
  if (now.bbox) list.push({ text: t('clear_box'), patch: { bbox: '' } });
  if (now.kelurahan.length || now.kecamatan) list.push({ text: t('clear_area'), patch: { kelurahan: [], kecamatan: '' } });
  if (now.since) list.push({ text: t('clear_since'), patch: { since: '' } });
  if (now.group.length) list.push({ text: t('clear_group'), patch: { group: [] } });
  if (now.status) list.push({ text: t('clear_status'), patch: { status: '' } });
  const names = [
    ...now.group.map((code) => localName(groupOf(code).name)),
    ...[...now.kelurahan, now.kecamatan].filter(Boolean).map((code) => areas.find(code)?.name ?? code),
    now.since && periodName(now.since), now.q && `“${now.q}”`,
  ].filter(Boolean);
  return { list, names };
}

/**
 * The filters a server's refusal is about, by name and with the way to take each away; none when it
 * failed for another reason.
 *
 * @param {Error} error as getJson throws it
 */
export function refusals(error) {
  if (error.status !== 422) return [];
  const names = {
    group: t('filter_group'), status: t('filter_status'), kelurahan: t('filter_area'), kecamatan: t('filter_area'), since: t('filter_any_time'),
    q: t('filter_words'), bbox: t('token_box'), service: t('filter_service'), agency: t('filter_agency'),
  };
  const found = new Map();
  for (const { field } of error.fields) {
    const patch = state.without(field);
    if (patch) found.set(names[Object.keys(patch)[0]], patch);
  }
  return [...found].map(([name, patch]) => ({ name, patch }));
}
