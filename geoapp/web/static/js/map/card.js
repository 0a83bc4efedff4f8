import { address, getJson } from '../shared/api.js';
import { config, groupOf, localName } from '../shared/config.js';
import { deadlineBadge, statusSign } from '../shared/deadline.js';
import { el, groupGlyph, icon } from '../shared/dom.js';
import { moment, weekday } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { closePicture, pictures } from '../shared/pictures.js';
import { Support } from './support.js';

/** The card of the open complaint. */
export class Card {
  /**
   * @param {HTMLElement} node
   * @param {{services: () => Promise<Map>, onClose: () => void, onPlace: (feature: object|null) => void}} options
   */
  constructor(node, { services, onClose, onPlace }) {
    Object.assign(this, { node, services, onClose, onPlace, ticket: null, support: new Support({ onGone: () => this.refresh() }) });
  }

  /**
   * Show *ticket*, or close when null. Focus goes to the title and, on closing, back; *quiet*
   * leaves the focus alone, for a page that arrives with a card already open.
   */
  async show(ticket, quiet = false) {
    this.request?.abort();
    if (!ticket) { this.hide(); return; }
    if (this.node.hidden) this.before = document.activeElement;
    this.ticket = ticket;
    this.failed = false;
    this.request = new AbortController();
    const { signal } = this.request;
    const waiting = setTimeout(() => this.fill(this.frame(ticket), [el('span.skeleton.wide'), el('span.skeleton.narrow')]), 300);
    try {
      const [feature, services] = await Promise.all([getJson(address(`/api/v1/complaints/${encodeURIComponent(ticket)}`), { signal }), this.services()]);
      if (signal.aborted) return;
      this.render(feature, services);
      this.onPlace(feature);
    } catch (error) {
      if (error.name === 'AbortError') return;
      this.fail(ticket, error);
    } finally {
      clearTimeout(waiting);
    }
    if (!quiet) this.node.querySelector('h2')?.focus({ preventScroll: true });
  }

  /** Load the open complaint again after it changed, without moving the focus. */
  async refresh() {
    if (!this.ticket) return;
    const { ticket } = this;
    const [feature, services] = await Promise.all([getJson(address(`/api/v1/complaints/${encodeURIComponent(ticket)}`)), this.services()]).catch(() => [null]);
    if (feature && ticket === this.ticket) this.render(feature, services);
  }

  /** How many support the open complaint has changed. */
  count(supporters) {
    this.support.count(supporters);
  }

  /** The open complaint must not be shown any more. */
  retract() {
    closePicture();
    this.fill(this.frame(this.ticket, t('retracted')), [el('p', {}, t('retracted_why'))]);
    this.onPlace(null);
  }

  hide() {
    this.ticket = null;
    this.failed = false;
    if (this.node.hidden) return;
    const back = this.node.contains(document.activeElement);
    this.node.hidden = true;
    this.node.replaceChildren();
    this.onPlace(null);
    if (!back) return;
    const target = this.before?.isConnected && this.before !== document.body ? this.before : document.getElementById('sum');
    target.focus({ preventScroll: true });
  }

  fail(ticket, error) {
    const gone = error.status === 404;
    this.failed = !gone;
    const again = el('button.btn', { type: 'button', onclick: () => this.show(ticket) }, t('try_again'));
    this.fill(this.frame(ticket, t(gone ? 'card_missing' : 'card_failed')), [
      el('p', {}, t(gone ? 'card_missing_why' : 'list_failed_why')), gone ? null : again]);
    this.onPlace(null);
  }

  frame(ticket, title = '') {
    return [el('span.muted', {}, ticket), el('h2', { id: 'card-title', tabindex: '-1' }, title)];
  }

  fill(head, body) {
    const top = this.node.querySelector('.in')?.scrollTop ?? 0;
    this.node.replaceChildren(
      el('button.btn.icon.close', { type: 'button', 'aria-label': t('close'), onclick: this.onClose }, icon('i-x')),
      el('div.in', {}, head, body));
    this.node.hidden = false;
    this.node.querySelector('.in').scrollTop = top;
  }

  render(feature, services) {
    const complaint = feature.properties;
    const group = groupOf(complaint.group);
    const head = [
      el('div.kicker', {}, groupGlyph(group), el('span.muted', {}, feature.id), complaint.simulated ? el('span.tag.sim', {}, t('simulated')) : null),
      el('h2', { id: 'card-title', tabindex: '-1' }, localName(complaint.service_name) || localName(group.name)),
      el('div.badges', {}, statusSign(complaint.status), complaint.status === 'resolved' || complaint.status === 'closed' ? null : deadlineBadge(complaint.status, complaint.due_at, { full: true }), this.support.words),
    ];
    this.support.show(complaint);
    const photos = pictures(complaint.photos, feature.id);
    const body = [
      complaint.description ? el('p.words', { dir: 'auto' }, complaint.description) : null,
      complaint.landmark ? el('p.muted', { dir: 'auto' }, complaint.landmark) : null,
      facts(complaint, services.get(complaint.service), Boolean(feature.geometry)),
      timeline(complaint.timeline ?? []),
      el('div.acts', {}, this.support.acts,
        el('a.btn', { href: `${config.base}/c/${encodeURIComponent(feature.id)}` }, t('card_page'))),
      ...notes(complaint, feature.geometry),
    ];
    const keep = this.node.contains(document.activeElement) && document.activeElement.id === 'card-title';
    this.fill([photos, ...head], body);
    if (keep) this.node.querySelector('h2').focus({ preventScroll: true });
  }
}

function facts(complaint, service, pinned) {
  const rows = [];
  const add = (label, ...values) => rows.push(el('dt', {}, label), el('dd', {}, values));
  const where = [complaint.kelurahan && t('kelurahan_short', { name: complaint.kelurahan.name }), complaint.kecamatan && t('kecamatan_short', { name: complaint.kecamatan.name })];
  if (where.some(Boolean) || !pinned) add(t('card_where'), where.filter(Boolean).join(', ') || t('no_place'));
  if (complaint.status === 'out_of_authority') {
    // The city's agency and its target hold no longer; who does is told in the words of whoever passed it on.
    const passed = (complaint.timeline ?? []).findLast((entry) => entry.status === complaint.status);
    if (passed?.words) add(t('status_out_of_authority'), passed.words);
    return el('dl.kv', {}, rows);
  }
  if (complaint.agency) add(t('card_who'), localName(complaint.agency.name));
  const target = service && t(service.clock === 'working_days' ? 'n_working_days' : 'n_hours', { n: service.target });
  if (complaint.due_at) add(t('card_target'), [target, moment(complaint.due_at)].filter(Boolean).join(', '));
  return el('dl.kv', {}, rows);
}

function timeline(entries) {
  // A new kelurahan or agency is an entry too, without a status.
  const newest = entries.filter((entry) => entry.status).sort((a, b) => new Date(b.at) - new Date(a.at));
  return el('ol.tl', {}, newest.map((entry, i) => {
    const known = document.getElementById(`s-${entry.status}`);
    const done = entry.status === 'resolved' || entry.status === 'closed';
    return el(`li${i === 0 ? (done ? '.ok' : '.now') : ''}`, {},
      icon(known ? `s-${entry.status}` : 'i-info'),
      el('b', {}, t(`status_${entry.status}`)),
      el('time', { datetime: entry.at }, i === 0 || i === newest.length - 1 ? moment(entry.at) : weekday(entry.at)),
      entry.lead ? el('p', {}, el('a', { href: `${config.base}/c/${encodeURIComponent(entry.lead)}` }, t('merged_with', { ticket: entry.lead }))) : null);
  }));
}

function notes(complaint, geometry) {
  const notes = [];
  if (geometry && complaint.shown_within_m > 0) notes.push(t('shown_off', { n: complaint.shown_within_m }));
  if (!geometry) notes.push(t(complaint.location_kind === 'area' ? 'only_area' : 'no_point'));
  return notes.map((text) => el('p.note', {}, text));
}
