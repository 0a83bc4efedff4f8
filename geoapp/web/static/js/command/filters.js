import { config, groupOf, localName } from '../shared/config.js';
import { OPEN } from '../shared/deadline.js';
import { byId, el, groupGlyph, icon } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { work } from '../work/rules.js';
import { boundsOf } from '../map/view.js';
import { Boxes } from './boxes.js';
import { periodName, statusText, statuses } from './names.js';
import * as state from './state.js';

const PERIODS = ['P1D', 'P7D', 'P30D', 'P90D', 'P365D'];
const DEADLINE_SIGNS = { overdue: 'i-over', due_soon: 'i-soon', in_time: 'i-clock', paused: 'i-pause' };

/** The left column: every filter, in step with the address. */
export class Filters {
  /** @param {object} context of the page, see main.js */
  constructor(context) {
    Object.assign(this, { context, summary: null });
    this.selects = Object.fromEntries(['area', 'agency', 'service', 'channel', 'period'].map((name) => [name, byId(`filter-${name}`)]));
    const groups = (config.groups ?? []).map((group) => group.code);
    this.boxes = [
      new Boxes(byId('filter-group'), {
        codes: groups, few: 8, one: true, chosen: () => state.get().group,
        choose: (group) => state.update({ group }),
        sign: (code) => groupGlyph(groupOf(code)), name: (code) => localName(groupOf(code).name),
        count: (code) => this.summary && (this.summary.by_group?.[code]?.total ?? 0),
      }),
      new Boxes(byId('filter-status'), {
        codes: statuses('all'), few: OPEN.length, chosen: () => statuses(state.get().status),
        choose: (codes) => state.update({ status: statusText(codes) }), emptyIsAll: false,
        sign: (code) => el(`span.st.st-${code}`, {}, icon(`s-${code}`)), name: (code) => t(`status_${code}`),
        count: (code) => this.summary && (this.summary.by_status?.[code] ?? 0),
      }),
      new Boxes(byId('filter-deadline'), {
        codes: state.DEADLINES, few: 4, chosen: () => state.get().deadline,
        choose: (deadline) => state.update({ deadline }),
        sign: (code) => el(`span.c-sign.d-${code}`, {}, icon(DEADLINE_SIGNS[code])), name: (code) => t(`deadline_${code}`),
        count: (code) => this.summary && (this.summary.by_deadline?.[code] ?? 0),
      }),
    ];
    this.fill();
    for (const [name, node] of Object.entries(this.selects)) node.addEventListener('change', () => this.choose(name, node.value));
    for (const name of ['since', 'until']) byId(`filter-${name}`).addEventListener('change', () => this.chooseDays());
    byId('clear-filters').addEventListener('click', () => { state.update(state.nothing()); byId('sum').focus(); });
    state.on('filters', () => this.sync());
    this.sync();
  }

  fill() {
    const option = (value, text) => el('option', { value }, text);
    const put = (name, none, options) => this.selects[name].replaceChildren(option('', none), ...options);
    put('agency', t('any'), work().agencies.map((agency) => option(agency.code, agency.name)));
    put('channel', t('any'), (work().channels ?? []).map((channel) => option(channel.code, channel.name)));
    put('service', t('any'), (config.groups ?? []).map((group) => el('optgroup', { label: localName(group.name) },
      (config.services ?? []).filter((service) => service.group === group.code).map((service) => option(service.code, localName(service.name))))).filter((group) => group.children.length));
    this.selects.period.replaceChildren(...PERIODS.map((period) => option(period, t('last_period', { period: periodName(period) }))), option('', t('filter_any_time')), option('days', t('chosen_days')));
    this.fillAreas();
  }

  /** Kecamatan and kelurahan, once they are known. */
  fillAreas() {
    const { kecamatan, kelurahan } = this.context.areas;
    this.selects.area.replaceChildren(el('option', { value: '' }, t('whole_city')), ...kecamatan.map((parent) => el('optgroup', { label: t('kecamatan_short', { name: parent.name }) },
      el('option', { value: parent.code }, t('filter_whole', { name: parent.name })),
      kelurahan.filter((child) => child.parent === parent.code).map((child) => el('option', { value: child.code }, child.name)))),
    ...kelurahan.filter((child) => !child.parent).map((child) => el('option', { value: child.code }, child.name)));
    this.sync();
  }

  choose(name, value) {
    if (name === 'area') this.chooseArea(value);
    else if (name !== 'period') state.update({ [name]: value ? [value] : [] });
    else if (value === 'days') { byId('days').hidden = false; byId('filter-since').focus(); }
    else state.update({ since: value, until: '' });
  }

  /** From a day to a day, both included; without either it is open on that side. */
  chooseDays() {
    const [since, until] = ['since', 'until'].map((name) => byId(`filter-${name}`).value);
    if (since && until && until < since) { byId('filter-until').setCustomValidity(t('days_backwards')); byId('filter-until').reportValidity(); return; }
    byId('filter-until').setCustomValidity('');
    state.update({ since, until });
  }

  /** Filter by the kelurahan or kecamatan with *code*; an empty code takes the filter away. */
  chooseArea(code) {
    const parent = this.context.areas.kecamatan.some((area) => area.code === code);
    state.update({ kecamatan: parent ? [code] : [], kelurahan: code && !parent ? [code] : [], bbox: '', polygon: '' });
    const area = this.context.areas.find(code);
    if (area) this.context.view?.fit(boundsOf(area.box).pad(0.1), 16);
  }

  /** How many there are whatever their status, under the other filters. */
  whole(summary) {
    return Object.values(summary.by_status ?? {}).reduce((sum, n) => sum + n, 0);
  }

  setSummary(summary) {
    this.summary = summary;
    const all = this.whole(summary);
    byId('sum').replaceChildren(el('b', {}, number(summary.total)), ` ${t('of_complaints', { n: number(all), count: all })}`);
    byId('sum').classList.remove('failed');
    for (const boxes of this.boxes) boxes.draw();
  }

  /** The figures could not be had: what stood stays, and it is said. */
  failed(error) {
    const named = error.status === 422 ? error.fields.map(({ field }) => t(`filter_name_${field}`)) : [];
    byId('sum').textContent = named.length ? t('filters_refused_named', { names: named.join(', ') }) : t('figures_failed');
    byId('sum').classList.add('failed');
    byId('clear-row').hidden = named.length === 0;
    if (!named.length) this.again ??= setTimeout(() => { this.again = null; this.context.refresh(); }, 10_000);
  }

  sync() {
    const now = state.get();
    for (const boxes of this.boxes) boxes.draw();
    const area = [...now.kelurahan, ...now.kecamatan];
    const values = { area: area.join(','), agency: now.agency.join(','), service: now.service.join(','), channel: now.channel.join(',') };
    for (const [name, value] of Object.entries(values)) {
      const node = this.selects[name];
      // An address may name several, or what the list doesn't know.
      if (![...node.options].some((option) => option.value === value)) node.append(el('option', { value }, this.names(name, value.split(','))));
      node.value = value;
      node.closest('.sel').classList.toggle('set', value !== '');
    }
    this.syncPeriod(now);
    this.drawTokens(now);
    const set = state.filtered().length;
    byId('clear-row').hidden = set === 0;
    byId('filters-set').textContent = set ? number(set) : '';
  }

  names(name, codes) {
    if (name !== 'area') return codes.length > 1 ? t('n_chosen', { n: number(codes.length) }) : codes[0];
    return codes.map((code) => this.context.areas.find(code)?.name ?? code).join(', ');
  }

  syncPeriod({ since, until }) {
    const { period } = this.selects;
    const days = Boolean(until) || /^\d/.test(since);
    if (!days && ![...period.options].some((option) => option.value === since)) period.append(el('option', { value: since }, periodName(since)));
    period.value = days ? 'days' : since;
    period.closest('.sel').classList.toggle('set', days || since !== 'P90D');
    if (days || document.activeElement !== byId('filter-since')) byId('days').hidden = !days;
    if (!days) return;
    if (document.activeElement !== byId('filter-since')) byId('filter-since').value = /^\d/.test(since) ? since.slice(0, 10) : '';
    if (document.activeElement !== byId('filter-until')) byId('filter-until').value = until;
  }

  /** Filters that have no control of their own: words, and places picked on the map. */
  drawTokens(now) {
    const tokens = [['q', now.q && t('token_words', { words: now.q })], ['polygon', now.polygon && t('token_drawn')], ['bbox', now.bbox && t('token_box')]].filter(([, text]) => text);
    byId('tokens').replaceChildren(...tokens.map(([key, text]) => el('button.chip.token', {
      type: 'button', 'aria-label': t('remove_filter', { name: text }), dataset: { token: key }, onclick: () => state.update({ [key]: '' }),
    }, text, icon('i-x'))));
    byId('tokens').hidden = tokens.length === 0;
  }
}
