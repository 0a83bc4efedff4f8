import { address, getJson } from '../shared/api.js';
import { config, groupOf, localName } from '../shared/config.js';
import { DONE, deadlineBadge } from '../shared/deadline.js';
import { el, groupGlyph } from '../shared/dom.js';
import { ago } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { reasons, refusals } from './filters.js';
import * as state from './state.js';

const PAGE = 40;
const MOST_ROWS = 2000;

/** The list of complaints: pages on scroll, live rows, and its three states. */
export class ComplaintList {
  /**
   * @param {{list: HTMLElement, scroll: HTMLElement, state: HTMLElement, newer: HTMLButtonElement}} nodes
   * @param {{areas: object, onOpen: Function, onPoint: Function}} options onPoint(ticket|null) marks it on the map
   */
  constructor(nodes, { areas, onOpen, onPoint }) {
    Object.assign(this, { nodes, areas, onOpen, onPoint, rows: new Map(), waiting: [], next: null, matched: 0 });
    nodes.scroll.addEventListener('scroll', () => this.scrolled(), { passive: true });
    nodes.newer.addEventListener('click', () => this.showWaiting());
    setInterval(() => this.tick(), 60_000);
  }

  /** Load from the top with the present filters. */
  async load() {
    this.request?.abort();
    this.request = new AbortController();
    this.waiting = [];
    this.drawNewer();
    const skeleton = setTimeout(() => this.showSkeleton(), 300);
    try {
      const page = await getJson(address('/api/v1/complaints', { ...state.query('list'), limit: PAGE }), { signal: this.request.signal });
      clearTimeout(skeleton);
      this.rows.clear();
      this.nodes.list.replaceChildren();
      this.nodes.scroll.scrollTop = 0;
      this.append(page);
      this.nodes.list.after(this.nodes.state);
      this.nodes.state.replaceChildren(...(page.features.length ? [] : [this.empty()]));
      this.failed = false;
      this.stale = false;
      return page;
    } catch (error) {
      clearTimeout(skeleton);
      if (error.name === 'AbortError') return null;
      this.failed = true;
      this.nodes.list.before(this.nodes.state); // old rows may follow: the words about them come first
      this.nodes.scroll.scrollTop = 0;
      this.showError(error, () => this.load());
      return null;
    }
  }

  /**
   * Load again without disturbing: at the top at once, else when the reader comes back there. The
   * row that has the focus keeps it.
   */
  async refresh() {
    this.stale = this.nodes.scroll.scrollTop > 8;
    if (this.stale) return;
    const focused = this.nodes.list.contains(document.activeElement) ? document.activeElement.dataset.ticket : null;
    if (await this.load() && focused) this.rows.get(focused)?.link.focus({ preventScroll: true });
  }

  append(page) {
    for (const feature of page.features) {
      if (this.rows.has(feature.id)) continue;
      const row = this.row({ ...feature.properties, place: feature.geometry?.coordinates ?? null });
      this.nodes.list.append(row);
    }
    this.matched = page.numberMatched;
    this.next = (page.links ?? []).find((link) => link.rel === 'next')?.href ?? null;
    this.mark(state.get().open);
  }

  async more() {
    if (!this.next || this.loading || this.rows.size >= MOST_ROWS) return;
    this.loading = true;
    const { request } = this;
    try {
      this.append(await getJson(this.next, { signal: request.signal }));
    } catch (error) {
      if (error.name !== 'AbortError') this.showError(error, () => { this.nodes.state.replaceChildren(); this.more(); });
    }
    this.loading = false;
  }

  scrolled() {
    const { scroll } = this.nodes;
    if (scroll.scrollTop + scroll.clientHeight > scroll.scrollHeight - 400) this.more();
    if (scroll.scrollTop < 8 && this.waiting.length) this.showWaiting();
    if (scroll.scrollTop < 8 && this.stale) this.refresh();
  }

  row(complaint) {
    const group = groupOf(complaint.group);
    const link = el('a.row', {
      href: `${config.base}/c/${encodeURIComponent(complaint.ticket)}`,
      dataset: { ticket: complaint.ticket },
      onclick: (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        this.onOpen(complaint.ticket);
      },
      onmouseenter: () => this.onPoint(complaint.ticket),
      onmouseleave: () => this.onPoint(null),
      onfocus: () => this.onPoint(complaint.ticket),
      onblur: () => this.onPoint(null),
    });
    const item = el('li', {}, link);
    this.rows.set(complaint.ticket, { item, link, complaint });
    fill(link, group, complaint);
    return item;
  }

  /** A complaint came in that matches the filters. */
  add(complaint) {
    if (this.rows.has(complaint.ticket)) { this.change(complaint); return; }
    if (this.nodes.scroll.scrollTop > 8) {
      this.waiting.push(complaint);
      this.drawNewer();
    } else this.insert(complaint);
  }

  insert(complaint) {
    const item = this.row(complaint);
    item.classList.add('fresh');
    this.nodes.list.prepend(item);
    this.nodes.state.replaceChildren();
  }

  showWaiting() {
    const waiting = this.waiting.splice(0);
    this.drawNewer();
    for (const complaint of waiting) if (!this.rows.has(complaint.ticket)) this.insert(complaint);
    this.nodes.scroll.scrollTop = 0;
  }

  drawNewer() {
    this.nodes.newer.hidden = this.waiting.length === 0;
    this.nodes.newer.textContent = t('n_new', { n: this.waiting.length });
  }

  /** A complaint that is listed has changed. */
  change(patch) {
    const row = this.rows.get(patch.ticket);
    if (!row) return;
    Object.assign(row.complaint, patch);
    fill(row.link, groupOf(row.complaint.group), row.complaint);
  }

  /** Whether *complaint* stands among the rows, or would: it isn't older than the last one loaded. */
  reaches({ ticket, submitted_at }) {
    if (this.rows.has(ticket) || !this.next) return true;
    const last = [...this.rows.values()].at(-1);
    return !last || Date.parse(submitted_at) >= Date.parse(last.complaint.submitted_at);
  }

  /** A complaint fits the filters no more: its row goes, and the focus to the one beside it. */
  leave(ticket) {
    const waited = this.waiting.length;
    this.waiting = this.waiting.filter((complaint) => complaint.ticket !== ticket);
    if (this.waiting.length < waited) this.drawNewer();
    const row = this.rows.get(ticket);
    if (!row) return;
    const beside = row.item.nextElementSibling ?? row.item.previousElementSibling;
    if (row.link === document.activeElement) beside?.querySelector('a')?.focus({ preventScroll: true });
    this.rows.delete(ticket);
    row.item.remove();
    if (!this.rows.size && !this.next) this.nodes.state.replaceChildren(this.empty());
    else this.scrolled(); // the next page, where the end has come into view
  }

  /** A complaint must not be shown any more: keep its row, without content. */
  retract(ticket) {
    this.waiting = this.waiting.filter((complaint) => complaint.ticket !== ticket);
    this.drawNewer();
    const row = this.rows.get(ticket);
    if (!row) return;
    this.rows.delete(ticket);
    row.item.replaceChildren(el('div.row.gone', {}, el('span.gl', {}), el('b', {}, t('retracted')), el('span.side'), el('span.meta', {}, t('retracted_why'))));
  }

  /** Times and deadlines move on. */
  tick() {
    for (const { link, complaint } of this.rows.values()) fill(link, groupOf(complaint.group), complaint);
  }

  mark(ticket) {
    for (const [key, { link }] of this.rows) {
      if (key === ticket) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    this.rows.get(ticket)?.link.scrollIntoView({ block: 'nearest' });
  }

  /** The ticket *by* rows after the one that has the focus or is open. */
  step(by) {
    const links = [...this.nodes.list.querySelectorAll('a.row')];
    const here = links.findIndex((link) => link === document.activeElement || link.dataset.ticket === state.get().open);
    const link = links[Math.min(Math.max(here < 0 ? 0 : here + by, 0), links.length - 1)];
    link?.focus();
    return link?.dataset.ticket ?? null;
  }

  showSkeleton() {
    if (this.rows.size) return; // old rows stay until the new ones are there
    const bar = (name) => el(`span.skeleton.${name}`);
    this.nodes.state.replaceChildren(...[1, 2, 3, 4, 5].map(() => el('div.row.loading', { 'aria-hidden': 'true' }, bar('square'), bar('wide'), bar('side'), bar('narrow'))));
  }

  showError(error, again) {
    const refused = refusals(error);
    if (refused.length) {
      const names = refused.map(({ name }) => name).join(', ');
      this.nodes.state.replaceChildren(el('div.state', {}, el('b', {}, t('filter_refused', { filters: names })), el('p', {}, t('filter_refused_why')),
        el('div.acts', {}, refused.map(({ name, patch }) => el('button.btn', { type: 'button', onclick: () => state.update(patch) }, t('remove_filter', { name }))))));
      return;
    }
    this.nodes.state.replaceChildren(el('div.state', {}, el('b', {}, t('list_failed')), el('p', {}, t('list_failed_why')),
      el('button.btn', { type: 'button', onclick: again }, t('try_again'))));
  }

  empty() {
    const { list, names } = reasons(this.areas);
    const why = names.length ? t('empty_why', { filters: names.join(', ') }) : t('empty_none');
    return el('div.state', {}, el('b', {}, t('empty')), el('p', {}, why),
      el('div.acts', {}, list.slice(0, 2).map(({ text, patch }) => el('button.btn', { type: 'button', onclick: () => state.update(patch) }, text))));
  }
}

function fill(link, group, complaint) {
  const title = localName(complaint.service_name) || localName(group.name);
  const pinned = complaint.place ?? complaint.lon; // a pin may lie in no kelurahan
  const where = complaint.kelurahan ? t('kelurahan_short', { name: complaint.kelurahan.name }) : pinned == null ? t('no_place') : null;
  link.replaceChildren(
    groupGlyph(group),
    el('b', {}, title),
    el('time.side', { datetime: complaint.submitted_at }, ago(complaint.submitted_at)),
    el('span.meta', {}, [where, t(`status_${complaint.status}`)].filter(Boolean).join(' · ')),
    // "Selesai" stands beside the kelurahan already.
    ...[DONE.includes(complaint.status) ? null : deadlineBadge(complaint.status, complaint.due_at)].filter(Boolean),
  );
}
