import { address, getJson } from '../shared/api.js';
import { now as serverNow } from '../shared/clock.js';
import { config, groupOf, localName } from '../shared/config.js';
import { byId, el, groupGlyph } from '../shared/dom.js';
import { day, number, time } from '../shared/format.js';
import { t } from '../shared/i18n.js';

/** Rows kept: the page stays open all day. */
export const MOST = 200;
const FIRST = 30;
const COUNTED = ['support', 'flood'];

/** What one message of the feed says, in a few words; an unknown kind by the state it left. */
export function wordsOf({ kind, complaint, n = 1 }) {
  if (kind === 'support') return t('activity_support', { n: number(n), count: n });
  const key = kind === 'status' ? `status_${complaint.status}` : `activity_${kind}`;
  return t(key) === key ? t(`status_${complaint.status}`) : t(key);
}

/** "08.39" today, "19 Nov" before. */
export const when = (at, now = serverNow()) => (day(at) === day(now) ? time(at) : day(at));

const nowIso = () => new Date(serverNow()).toISOString();

/**
 * What has happened, newest first: what is shown, and what waits because the list is paused or was
 * scrolled away from its top.
 */
export class ActivityLog {
  constructor(most = MOST) {
    Object.assign(this, { most, shown: [], waiting: [], paused: false, away: false });
  }

  get holds() { return this.paused || this.away; }

  /** Take in *entry*; answers whether it is shown at once. One more of what is only counted adds to the row on top. */
  hear(entry) {
    const rows = this.holds ? this.waiting : this.shown;
    const [last] = rows;
    if (COUNTED.includes(entry.kind) && last?.kind === entry.kind && last.ticket === entry.ticket) rows[0] = { ...entry, n: last.n + (entry.n ?? 1) };
    else rows.unshift({ n: 1, ...entry });
    rows.splice(this.most);
    return !this.holds;
  }

  /** Show what waits. */
  release() {
    const waited = this.waiting.splice(0);
    this.shown = [...waited, ...this.shown].slice(0, this.most);
    return waited;
  }

  /** A complaint must not be shown any more: its rows stay, without content; what waited is forgotten. */
  retract(ticket) {
    this.waiting = this.waiting.filter((entry) => entry.ticket !== ticket);
    let gone = 0;
    this.shown = this.shown.map((entry) => {
      if (entry.ticket !== ticket) return entry;
      gone += 1;
      return { kind: 'gone', ticket: null, at: entry.at, live: entry.live };
    });
    return gone;
  }
}

/** The list of what happens, as it happens. */
export class Activity {
  /**
   * @param {{list: HTMLElement, scroll: HTMLElement, newer: HTMLButtonElement, pause: HTMLButtonElement, state: HTMLElement}} nodes
   * @param {{services: () => Promise<Map>, open: () => string|null, onOpen: (ticket: string) => void, onPoint: (ticket: string|null) => void}} options
   */
  constructor(nodes, { services, open, onOpen, onPoint }) {
    Object.assign(this, { nodes, services, open, onOpen, onPoint, log: new ActivityLog(), fresh: new Set(), drawing: null });
    nodes.scroll.addEventListener('scroll', () => this.scrolled(), { passive: true });
    nodes.newer.addEventListener('click', () => { if (this.log.paused) this.pause(false); else this.release(); });
    nodes.pause.addEventListener('click', () => this.pause());
  }

  /** What came in last, so that the list isn't empty before anything happens. */
  async load() {
    try {
      const [page, services] = await Promise.all([getJson(address('/api/v1/work/complaints', { status: 'all', sort: 'newest', limit: FIRST })), this.services()]);
      this.names = services;
      const live = this.log.shown.filter((entry) => entry.live);
      const told = new Set([...live, ...this.log.waiting].filter((entry) => entry.kind === 'submitted').map((entry) => entry.ticket));
      const past = page.features.map(({ properties }) => ({ kind: 'submitted', ticket: properties.ticket, at: properties.submitted_at, complaint: properties }));
      this.log.shown = [...live, ...past.filter((entry) => !told.has(entry.ticket))].slice(0, MOST);
      this.failed = false;
      this.draw();
    } catch {
      this.failed = true;
      if (!this.log.shown.length) this.nodes.state.replaceChildren(el('div.state', {}, el('b', {}, t('list_failed')), el('button.btn', { type: 'button', onclick: () => this.load() }, t('try_again'))));
    }
  }

  /** One message of the feed, heard just now. */
  hear({ kind, complaint }) {
    this.take({ kind, ticket: complaint.ticket, at: kind === 'submitted' ? complaint.submitted_at : nowIso(), complaint, live: true });
  }

  /** More came than can be told one by one: a row on top says how much. */
  flood(n) {
    this.take({ kind: 'flood', ticket: null, at: nowIso(), live: true, n });
  }

  take(entry) {
    if (this.log.hear(entry)) {
      this.fresh.add(this.log.shown[0]);
      this.drawing ??= requestAnimationFrame(() => this.draw());
    }
    this.drawNewer();
  }

  retract(ticket) {
    const focused = this.nodes.list.querySelector(`[data-ticket="${CSS.escape(ticket)}"]`) === document.activeElement;
    if (this.log.retract(ticket)) this.draw();
    this.drawNewer();
    if (focused) this.nodes.list.querySelector('a')?.focus({ preventScroll: true });
  }

  pause(on = !this.log.paused) {
    this.log.paused = on;
    this.nodes.pause.setAttribute('aria-pressed', String(on));
    this.nodes.pause.textContent = t(on ? 'activity_resume' : 'activity_pause');
    if (!on) this.release();
    return on;
  }

  scrolled() {
    this.log.away = this.nodes.scroll.scrollTop > 8;
    if (!this.log.holds && this.log.waiting.length) this.release();
  }

  release() {
    this.nodes.scroll.scrollTop = 0;
    this.log.away = false;
    for (const entry of this.log.release()) this.fresh.add(entry);
    this.drawNewer();
    this.draw();
  }

  drawNewer() {
    const { length } = this.log.waiting;
    this.nodes.newer.hidden = length === 0;
    this.nodes.newer.textContent = t('n_happenings', { n: number(length), count: length });
  }

  draw() {
    cancelAnimationFrame(this.drawing);
    this.drawing = null;
    const focused = this.nodes.list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.nodes.list.replaceChildren(...this.log.shown.map((entry) => this.row(entry, this.fresh.has(entry))));
    this.fresh.clear();
    this.nodes.state.replaceChildren(...(this.log.shown.length ? [] : [el('p.desk-note', {}, t('activity_none'))]));
    if (focused) this.nodes.list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  row(entry, fresh) {
    const moment = el('time.side', { datetime: entry.at }, when(entry.at));
    if (entry.kind === 'gone') return el('li', {}, el('div.row.gone', {}, el('span.gl'), el('b', {}, t('retracted')), moment, el('span.meta', {}, t('staff_retracted_why'))));
    if (entry.kind === 'flood') return el('li', {}, el('div.row', {}, el('span.gl'), el('b', {}, t('activity_flood', { n: number(entry.n) })), moment, el('span.meta', {}, t('activity_flood_why'))));
    const { complaint, ticket } = entry;
    const group = groupOf(complaint.group);
    const where = complaint.kelurahan ? t('kelurahan_short', { name: complaint.kelurahan.name }) : null;
    const link = el('a.row', {
      href: `${config.base ?? ''}/case/${encodeURIComponent(ticket)}`,
      dataset: { ticket, key: `${entry.kind} ${entry.at} ${ticket}` },
      'aria-current': ticket === this.open() ? 'true' : null,
      onclick: (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        this.onOpen(ticket);
      },
      onmouseenter: () => this.onPoint(ticket), onmouseleave: () => this.onPoint(null),
      onfocus: () => this.onPoint(ticket), onblur: () => this.onPoint(null),
    }, groupGlyph(group), el('b', {}, this.titleOf(complaint)), moment, el('span.meta', {}, [wordsOf(entry), where].filter(Boolean).join(' · ')));
    return el(fresh ? 'li.fresh' : 'li', {}, link);
  }

  titleOf(complaint) { return localName(complaint.service_name ?? this.names?.get(complaint.service)?.name) || localName(groupOf(complaint.group).name); }

  /** A complaint as it is spoken of: what and where. */
  nameOf(complaint) { return [this.titleOf(complaint), complaint.kelurahan && t('kelurahan_short', { name: complaint.kelurahan.name })].filter(Boolean).join(', '); }

  mark() {
    for (const link of this.nodes.list.querySelectorAll('a.row')) {
      if (link.dataset.ticket === this.open()) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  }

  /** Move the focus *by* rows; answers the ticket there. */
  step(by) {
    const links = [...this.nodes.list.querySelectorAll('a.row')];
    const here = links.indexOf(document.activeElement) >= 0 ? links.indexOf(document.activeElement) : links.findIndex((link) => link.dataset.ticket === this.open());
    const link = links[here < 0 ? 0 : Math.min(Math.max(here + by, 0), links.length - 1)];
    link?.focus();
    return link?.dataset.ticket ?? null;
  }
}

/** The activity fills the lower part of the right column; P pauses it. */
export function mount(context) {
  const { state, on, announcer } = context;
  const nodes = {
    list: el('ul.list', { 'aria-label': t('activity_list') }),
    newer: el('button.newer', { type: 'button', hidden: true }),
    pause: el('button.desk-link', { type: 'button', 'aria-pressed': 'false' }, t('activity_pause')),
    state: el('div'),
  };
  nodes.scroll = el('div.desk-scroll', {}, nodes.newer, nodes.list, nodes.state);
  byId('activity').replaceChildren(el('p.desk-head', {}, el('span.muted', {}, t('activity_of')), nodes.pause), nodes.scroll);
  const activity = new Activity(nodes, {
    services: context.services,
    open: () => state.get().open,
    onOpen: context.open,
    onPoint: (ticket) => context.layers?.point(ticket),
  });
  context.activity = activity;
  activity.load();
  on('complaint', (event, judged) => {
    if (judged === 'flood') { activity.flood(event.n); return; }
    activity.hear(event);
    if (judged === 'arrived') announcer.arrival(activity.nameOf(event.complaint));
  });
  on('retraction', ({ ticket }) => activity.retract(ticket));
  on('back', () => { if (activity.failed) activity.load(); });
  on('minute', () => activity.draw());
  state.on('open', () => activity.mark());
}
