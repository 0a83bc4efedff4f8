import { config } from '../shared/config.js';
import { el, icon } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { CasePanel } from './panel.js';

/** The open complaint beside the list, worded by the server as on its own page. */
export class Drawer {
  /**
   * @param {HTMLElement} node
   * @param {{onClose: () => void, onStep: (by: number) => void, onShown: (facts: object) => void, onDone: (answer: object) => void, onGone: (words: string, typed: string|null) => void, onLost: () => void}} on
   *   *onLost*: the drawer closes and what had the focus before is no more
   */
  constructor(node, { onClose, onStep, onShown, onDone, onGone, onLost }) {
    Object.assign(this, { node, onLost, ticket: null, failed: false });
    const button = (label, sign, run) => el('button.btn.icon.quiet', { type: 'button', 'aria-label': label, title: label, onclick: run }, icon(sign));
    this.whole = el('a.btn.quiet', {}, t('whole_page'));
    this.head = el('div.drawer-head', {}, this.whole, el('span', {},
      button(t('previous_case'), 'i-up', () => onStep(-1)), button(t('next_case'), 'i-down', () => onStep(1)), button(t('close'), 'i-x', onClose)));
    this.room = el('div.drawer-room');
    this.state = el('div.drawer-state');
    node.replaceChildren(this.head, this.state, this.room);
    this.panel = new CasePanel(this.room, { onShown, onDone, onGone });
  }

  /** Show *ticket*, or close when null. Focus goes to the title and back to where it was. */
  async show(ticket, quiet = false) {
    if (!ticket) { this.hide(); return; }
    if (this.node.hidden) this.before = document.activeElement;
    this.ticket = ticket;
    this.failed = false;
    this.whole.href = `${config.base ?? ''}/case/${encodeURIComponent(ticket)}`;
    this.node.hidden = false;
    const waiting = setTimeout(() => { this.state.replaceChildren(el('span.skeleton.wide'), el('span.skeleton.narrow')); }, 300);
    try {
      await this.panel.load(ticket);
      this.state.replaceChildren();
      if (!quiet) this.room.querySelector('#case-title')?.focus({ preventScroll: true });
    } catch (error) {
      if (error.name === 'AbortError') return;
      this.failed = true;
      this.room.querySelector('#case-live')?.remove();
      const gone = error.status === 404;
      this.state.replaceChildren(el('div.state', { role: 'alert' }, el('b', {}, t(gone ? 'case_missing' : 'case_failed')), el('p', {}, t(gone ? 'case_missing_why' : 'list_failed_why')),
        gone ? null : el('button.btn', { type: 'button', onclick: () => this.show(ticket) }, t('try_again'))));
    } finally {
      clearTimeout(waiting);
    }
  }

  refresh() { return this.ticket && !this.failed ? this.panel.refresh() : null; }

  hide() {
    this.ticket = null;
    if (this.node.hidden) return;
    const inside = document.activeElement === document.body || this.node.contains(document.activeElement);
    this.node.hidden = true;
    this.panel.request?.abort();
    this.room.querySelector('#case-live')?.remove();
    this.panel.facts = null;
    if (!inside) return;
    if (this.before?.isConnected && this.before !== document.body) this.before.focus({ preventScroll: true });
    else this.onLost();
  }
}
