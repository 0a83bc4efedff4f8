import { address, getJson } from '../shared/api.js';
import { config, localName } from '../shared/config.js';
import { byId, el } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { dutyNames, work } from './rules.js';
import * as state from './state.js';

/** Duty tabs and filters in the left column, kept in step with the address. */
export class Filters {
  constructor() {
    this.duties = byId('duties');
    this.selects = Object.fromEntries(['group', 'area', 'agency', 'officer', 'deadline', 'channel'].map((name) => [name, document.getElementById(`filter-${name}`)])); // no agency to choose where there is one only
    this.words = byId('search');
    this.clear = byId('clear-filters');
    this.drawDuties({});
    this.fill();
    for (const [name, node] of Object.entries(this.selects)) node?.addEventListener('change', () => this.choose(name, node.value));
    byId('search-form').addEventListener('submit', (event) => { event.preventDefault(); this.search(); });
    this.words.addEventListener('search', () => state.update({ q: this.words.value.trim() }));
    this.clear.addEventListener('click', () => { state.update(state.nothing()); this.words.focus(); });
    state.on('filters', () => this.sync());
    this.sync();
  }

  /** Words filter the list; a ticket number opens its complaint. */
  search() {
    const ticket = state.asTicket(this.words.value);
    if (ticket) this.words.value = '';
    state.update(ticket ? { q: '', open: ticket } : { q: this.words.value.trim() });
  }

  choose(name, value) {
    if (name !== 'area') { state.update({ [name]: name === 'group' ? [value].filter(Boolean) : value }); return; }
    const whole = value.split('.').length === 3;
    state.update({ kecamatan: whole ? value : '', kelurahan: whole ? '' : value });
  }

  fill() {
    const option = (value, text) => el('option', { value }, text);
    const put = (name, options) => this.selects[name]?.replaceChildren(option('', t('any')), ...options);
    put('group', (config.groups ?? []).map((group) => option(group.code, localName(group.name))));
    put('agency', work().agencies.map((agency) => option(agency.code, agency.name)));
    put('channel', work().channels.map((channel) => option(channel.code, channel.name)));
    put('deadline', state.DEADLINES.map((name) => option(name, t(`deadline_${name}`))));
    put('officer', [option('me', t('officer_me')), option('none', t('officer_none'))]);
    put('area', []);
    if (work().agency) getJson(address('/api/v1/work/officers', { agency: work().agency })).then((found) => {
      const people = Array.isArray(found) ? found : found.officers;
      this.selects.officer.append(...people.filter((one) => one.id !== work().me.id).map((one) => option(one.id, one.name)));
      this.sync();
    }).catch(() => {}); // the two others are enough to go on with
  }

  /** Kecamatan and kelurahan, once they are known. */
  fillAreas(areas) {
    this.selects.area.replaceChildren(el('option', { value: '' }, t('any')), ...areas.kecamatan.map((parent) => el('optgroup', { label: t('kecamatan_short', { name: parent.name }) },
      el('option', { value: parent.code }, t('filter_whole', { name: parent.name })),
      areas.kelurahan.filter((child) => child.parent === parent.code).map((child) => el('option', { value: child.code }, child.name)))));
    this.sync();
  }

  drawDuties(counts) {
    const now = state.duty();
    const focused = this.duties.contains(document.activeElement) ? document.activeElement.dataset.duty : null;
    this.duties.replaceChildren(...dutyNames().map((name) => el('button.duty', {
      type: 'button', 'aria-pressed': String(name === now), dataset: { duty: name }, onclick: () => state.update({ duty: name }),
    }, el('span', {}, t(`duty_${name}`)), el('span.n', {}, counts[name] == null ? '' : number(counts[name])))));
    if (focused) this.duties.querySelector(`[data-duty="${focused}"]`)?.focus();
    this.counts = counts;
  }

  /** What the list counted just now stands beside its tab too; the others are asked for. */
  tell(duty, matched) {
    if (this.counts[duty] === matched) return;
    this.drawDuties({ ...this.counts, [duty]: matched });
  }

  /** Ask how many each tab holds under the present filters. */
  async count() {
    const asked = this.asked = {};
    const names = dutyNames();
    const found = await Promise.all(names.map((name) => getJson(address('/api/v1/work/complaints', { ...state.query(state.get(), name), limit: 1 })).then((page) => page.numberMatched, () => null)));
    if (asked === this.asked) this.drawDuties(Object.fromEntries(names.map((name, i) => [name, found[i]])));
  }

  sync() {
    const now = state.get();
    this.drawDuties(this.counts ?? {});
    const values = { group: now.group[0] ?? '', area: now.kelurahan || now.kecamatan, agency: now.agency, officer: now.officer, deadline: now.deadline, channel: now.channel };
    for (const [name, node] of Object.entries(this.selects)) {
      if (!node) continue;
      if (values[name] && ![...node.options].some((option) => option.value === values[name])) node.append(el('option', { value: values[name] }, values[name]));
      node.value = values[name];
      node.closest('.sel').classList.toggle('set', node.value !== '');
    }
    if (document.activeElement !== this.words) this.words.value = now.q;
    this.clear.hidden = state.filtered().length === 0;
    byId('filters-set').textContent = state.filtered().length ? String(state.filtered().length) : '';
  }
}

