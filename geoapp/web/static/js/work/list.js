import { address, getJson } from '../shared/api.js';
import { config, groupOf, localName } from '../shared/config.js';
import { badge, isOpen, lateDuties, statusSign } from '../shared/deadline.js';
import { el, groupGlyph, icon } from '../shared/dom.js';
import { ago, number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { rowBadge } from './panel.js';
import { work } from './rules.js';

const PAGE = 60;
const MOST = 200; // what the server gives at once, and what a bulk step takes

/**
 * What a list shows, by the page it stands on.
 *
 * @typedef {object} Source
 * @property {() => object} query parameters of the present filters
 * @property {() => string|null} open ticket of the open complaint
 * @property {() => Array<Node|string>} empty why there is nothing
 * @property {() => void} clear take every filter away
 * @property {() => boolean} [offers] whether all that is listed is offered to other authorities
 */

/**
 * Complaints as rows: what is due first stands first. Selection and focus outlive a refresh; what
 * was picked on a map is selected even where it isn't among the rows.
 */
export class QueueList {
  /**
   * @param {Source} source
   * @param {{list: HTMLElement, scroll: HTMLElement, state: HTMLElement, newer: HTMLButtonElement, sum: HTMLElement}} nodes
   * @param {{onOpen: (ticket: string) => void, onPoint: (ticket: string|null) => void, onSelect: () => void, onLoaded: () => void, onCounted: (matched: number) => void}} on
   */
  constructor(source, nodes, on) {
    Object.assign(this, { source, nodes, on, rows: new Map(), selected: new Map(), picked: null, waiting: [], matched: 0, next: null, current: null, failed: false });
    nodes.scroll.addEventListener('scroll', () => this.scrolled(), { passive: true });
    nodes.newer.addEventListener('click', () => this.showWaiting());
  }

  complaint(ticket) { return this.rows.get(ticket)?.complaint ?? this.selected.get(ticket) ?? null; }

  chosen() { return [...this.selected.values()]; }

  /** Ask with the present filters; the old rows stay until the new ones are there. */
  async load() {
    this.request?.abort();
    const request = this.request = new AbortController();
    const waiting = setTimeout(() => this.skeleton(), 300);
    this.nodes.list.classList.add('loading');
    try {
      const page = await getJson(address('/api/v1/work/complaints', { ...this.source.query(), sort: 'due', limit: PAGE }), { signal: request.signal });
      this.failed = false;
      this.rows.clear();
      this.selected.clear();
      this.picked = null;
      this.waiting = [];
      this.nodes.list.replaceChildren();
      this.nodes.scroll.scrollTop = 0;
      this.append(page);
      this.drawState();
      this.drawNewer();
      this.on.onSelect();
      this.on.onLoaded(page);
      return page;
    } catch (error) {
      if (error.name !== 'AbortError') this.fail(error);
      return null;
    } finally {
      clearTimeout(waiting);
      if (this.request === request) this.nodes.list.classList.remove('loading');
    }
  }

  append(page) {
    for (const feature of page.features) {
      if (this.rows.has(feature.properties.ticket)) continue;
      this.nodes.list.append(this.make(told(feature)));
    }
    this.matched = page.numberMatched;
    this.next = (page.links ?? []).find((link) => link.rel === 'next')?.href ?? null;
    this.drawSum();
    this.mark();
  }

  /** Look again without disturbing: rows change in place, go, or come; what is new waits when scrolled. */
  async refresh() {
    const limit = Math.min(MOST, Math.max(PAGE, this.rows.size));
    const asked = JSON.stringify(this.source.query());
    const [page] = await Promise.all([getJson(address('/api/v1/work/complaints', { ...this.source.query(), sort: 'due', limit })).catch(() => null), this.refreshPicked()]);
    if (!page || asked !== JSON.stringify(this.source.query())) return;
    if (this.failed) { this.load(); return; }
    const found = new Map(page.features.map((feature) => [feature.properties.ticket, told(feature)]));
    const scrolled = this.nodes.scroll.scrollTop > 8;
    for (const [ticket, row] of [...this.rows]) {
      const fresh = found.get(ticket);
      if (fresh) this.change(row, fresh);
      else if (this.rows.size <= limit) this.remove(ticket);
    }
    const coming = [...found.keys()].filter((ticket) => !this.rows.has(ticket));
    this.matched = page.numberMatched;
    if (scrolled && coming.length) this.waiting = coming.map((ticket) => found.get(ticket));
    else {
      this.waiting = [];
      this.order([...found.values()], coming);
      this.next ??= (page.links ?? []).find((link) => link.rel === 'next')?.href ?? null;
    }
    this.drawNewer();
    this.drawState();
    this.drawSum();
    this.on.onSelect();
  }

  /** Put the rows into the server's order; those in *coming* are tinted for a moment. */
  order(complaints, coming) {
    let before = null;
    for (const complaint of complaints) {
      if (!this.rows.has(complaint.ticket)) this.make(complaint);
      const { item } = this.rows.get(complaint.ticket);
      if (coming.includes(complaint.ticket)) item.classList.add('fresh');
      const after = before ? before.nextSibling : this.nodes.list.firstChild;
      if (item !== after) this.nodes.list.insertBefore(item, after);
      before = item;
    }
  }

  change(row, fresh) {
    const same = JSON.stringify(row.complaint) === JSON.stringify(fresh);
    row.complaint = fresh;
    if (this.selected.has(fresh.ticket)) this.selected.set(fresh.ticket, fresh);
    if (!same) this.fill(row);
  }

  /** A row leaves; the focus goes to its neighbour, so that the keyboard keeps its place. */
  remove(ticket) {
    const row = this.rows.get(ticket);
    if (!row) return;
    const focused = row.item.contains(document.activeElement);
    const beside = row.item.nextElementSibling ?? row.item.previousElementSibling;
    row.item.remove();
    this.rows.delete(ticket);
    this.selected.delete(ticket);
    if (this.current === ticket) this.current = beside?.dataset.ticket ?? null;
    if (focused) this.focus();
  }

  /** Put the focus where the keyboard was: its row, else the first, else the list's title. */
  focus() {
    const item = this.rows.get(this.current)?.item ?? this.nodes.list.firstElementChild;
    (item?.querySelector('a') ?? this.nodes.sum).focus({ preventScroll: true });
  }

  showWaiting() {
    const waiting = this.waiting.splice(0);
    this.drawNewer();
    this.nodes.scroll.scrollTop = 0;
    if (waiting.length) this.refresh();
  }

  drawNewer() {
    this.nodes.newer.hidden = this.waiting.length === 0;
    this.nodes.newer.textContent = t('n_newer', { n: number(this.waiting.length), count: this.waiting.length });
  }

  drawSum() {
    this.nodes.sum.textContent = t('n_cases', { n: number(this.matched), count: this.matched });
    this.on.onCounted(this.matched);
  }

  make(complaint) {
    const box = el('input', { type: 'checkbox', onchange: () => this.select(complaint.ticket, box.checked) });
    const link = el('a.q-row', {
      href: `${config.base ?? ''}/case/${encodeURIComponent(complaint.ticket)}`,
      onclick: (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        this.current = complaint.ticket;
        this.on.onOpen(complaint.ticket);
      },
      onmouseenter: () => this.on.onPoint(complaint.ticket),
      onmouseleave: () => this.on.onPoint(null),
      onfocus: () => { this.current = complaint.ticket; this.on.onPoint(complaint.ticket); },
      onblur: () => this.on.onPoint(null),
    });
    const item = el('li', { dataset: { ticket: complaint.ticket } }, box, link);
    const row = { item, link, box, complaint };
    this.rows.set(complaint.ticket, row);
    this.fill(row);
    return item;
  }

  fill({ link, box, complaint }) {
    const group = groupOf(complaint.group);
    const title = localName(complaint.service_name) || localName(group.name);
    box.setAttribute('aria-label', t('select_case', { name: `${title}, ${complaint.ticket}` }));
    const where = complaint.kelurahan ? t('kelurahan_short', { name: complaint.kelurahan.name }) : t(complaint.place ? 'outside_areas' : 'no_place');
    const due = rowBadge(complaint.deadline ?? { state: null });
    link.replaceChildren(...[
      groupGlyph(group),
      el('span.q-what', {}, el('b', {}, title), ...flags(complaint, this.source.offers?.()), el('span.q-late', {}, lateDuties(complaint).map(badge))),
      el('span.q-due', {}, due),
      complaint.description ? el('span.q-words', { dir: 'auto' }, complaint.description) : null,
      el('span.q-meta', {}, el('span.nowrap', {}, complaint.ticket), [where, work().agency ? null : complaint.agency?.name].filter(Boolean).map((part) => ` · ${part}`), ' · ', el('time.q-age.nowrap', { datetime: complaint.submitted_at }, ago(complaint.submitted_at))),
      el('span.q-who', {}, statusSign(complaint.status), complaint.officer ? el('span.q-officer', {}, complaint.officer.name) : null),
    ].filter(Boolean));
  }

  select(ticket, on = !this.selected.has(ticket)) {
    this.choose(ticket, on);
    this.on.onSelect();
  }

  selectAll(on) {
    for (const ticket of on ? this.rows.keys() : [...this.selected.keys()]) this.choose(ticket, on);
    if (!on) this.picked = null;
    this.on.onSelect();
  }

  /** Select or unselect one that is listed or was picked; more than a bulk step takes are left out. */
  choose(ticket, on) {
    const row = this.rows.get(ticket);
    const complaint = this.complaint(ticket);
    if (!complaint || (on && !this.selected.has(ticket) && this.selected.size >= MOST)) return;
    if (row) row.box.checked = on;
    row?.item.classList.toggle('chosen', on);
    if (on) this.selected.set(ticket, complaint);
    else this.selected.delete(ticket);
  }

  /**
   * Select what *parameters* find, listed or not, in place of what was selected.
   *
   * @returns {Promise<{matched: number, taken: number}>} how many there are, and how many of them a bulk step takes
   */
  async pick(parameters) {
    const page = await getJson(address('/api/v1/work/complaints', { ...parameters, sort: 'due', limit: MOST }));
    this.selectAll(false);
    for (const feature of page.features) {
      const complaint = told(feature);
      this.selected.set(complaint.ticket, complaint);
      this.choose(complaint.ticket, true);
    }
    this.picked = parameters;
    this.on.onSelect();
    return { matched: page.numberMatched, taken: page.features.length };
  }

  /** What was picked and isn't listed has changed too; what has left the viewer's sight is no longer selected. */
  async refreshPicked() {
    if (!this.picked) return;
    const asked = this.picked;
    const tickets = [...this.selected.keys()].filter((ticket) => !this.rows.has(ticket));
    const page = tickets.length ? await getJson(address('/api/v1/work/complaints', { ...asked, status: 'all', sort: 'due', limit: MOST })).catch(() => null) : null;
    if (!page || asked !== this.picked) return;
    const found = new Map(page.features.map((feature) => [feature.properties.ticket, told(feature)]));
    for (const ticket of tickets) if (this.selected.has(ticket) && found.has(ticket)) this.selected.set(ticket, found.get(ticket));
  }

  /** Mark the open complaint. */
  mark() {
    const open = this.source.open();
    for (const [ticket, { link }] of this.rows) {
      if (ticket === open) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    this.rows.get(open)?.item.scrollIntoView({ block: 'nearest' });
  }

  /** Move the focus *by* rows; answers the ticket there. */
  step(by) {
    const items = [...this.nodes.list.children];
    const here = items.findIndex((item) => item.dataset.ticket === (this.source.open() ?? this.current));
    const item = items[here < 0 ? 0 : Math.min(Math.max(here + by, 0), items.length - 1)];
    if (!item) return null;
    if (item === items.at(-1)) this.more();
    item.querySelector('a').focus({ preventScroll: true });
    item.scrollIntoView({ block: 'nearest' });
    this.current = item.dataset.ticket;
    return this.current;
  }

  async more() {
    if (!this.next || this.loading) return;
    this.loading = true;
    const { request } = this;
    try {
      this.append(await getJson(this.next, { signal: request.signal }));
    } catch (error) {
      if (error.name !== 'AbortError') this.next = null;
    }
    this.loading = false;
  }

  scrolled() {
    const { scroll } = this.nodes;
    if (scroll.scrollTop + scroll.clientHeight > scroll.scrollHeight - 300) this.more();
    if (scroll.scrollTop < 8 && this.waiting.length) this.showWaiting();
  }

  /** Deadlines pass. */
  tick() {
    for (const { link, complaint } of this.rows.values()) link.querySelector('.q-age').textContent = ago(complaint.submitted_at);
    for (const { link, complaint } of this.rows.values()) {
      link.querySelector('.q-due').replaceChildren(...[rowBadge(complaint.deadline ?? {})].filter(Boolean));
      link.querySelector('.q-late').replaceChildren(...lateDuties(complaint).map(badge));
    }
  }

  skeleton() {
    if (this.rows.size) return;
    this.nodes.state.replaceChildren(...[1, 2, 3, 4, 5, 6].map(() => el('div.row.loading', { 'aria-hidden': 'true' }, ['square', 'wide', 'side', 'narrow'].map((name) => el(`span.skeleton.${name}`)))));
  }

  fail(error) {
    this.failed = true;
    const refused = error.status === 422;
    const again = el('button.btn', { type: 'button', onclick: () => (refused ? this.source.clear() : this.load()) }, t(refused ? 'clear_filters' : 'try_again'));
    this.nodes.state.replaceChildren(el('div.state', { role: 'alert' }, el('b', {}, t(refused ? 'filters_refused' : 'list_failed')), el('p', {}, t(refused ? 'filter_refused_why' : 'list_failed_why')), again));
  }

  drawState() {
    this.nodes.state.replaceChildren(...(this.rows.size ? [] : [el('div.state', {}, el('b', {}, t('empty')), this.source.empty())]));
  }
}

const told = (feature) => ({ ...feature.properties, place: feature.geometry?.coordinates ?? null });

function flags(complaint, offers) {
  const found = [];
  if (complaint.confidential) found.push(el('span.tag', {}, t('confidential')));
  if (complaint.duplicate_of) found.push(el('span.tag', {}, t('repeats', { ticket: complaint.duplicate_of })));
  // Where all of them are offered it says nothing.
  if (complaint.authority_offer === 'open' && isOpen(complaint.status) && !offers) found.push(el('span.tag.offered', {}, icon('g-road'), t('duty_offered')));
  if (complaint.status === 'reopened') found.push(el('span.tag', {}, t('status_reopened')));
  return found;
}
