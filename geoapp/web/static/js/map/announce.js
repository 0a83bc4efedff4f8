import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';

const EVERY_MS = 10_000;

/** Speaks politely to screen readers; new complaints are gathered to one message per 10 s. */
export class Announcer {
  /** @param {HTMLElement} node with aria-live="polite" */
  constructor(node) {
    Object.assign(this, { node, arrived: [], timer: null });
  }

  /** Say *text* now. */
  say(text) {
    this.node.textContent = '';
    requestAnimationFrame(() => { this.node.textContent = text; });
  }

  /** A complaint came in; *name* is its title and kelurahan. */
  arrival(name) {
    this.arrived.push(name);
    this.timer ??= setTimeout(() => this.flush(), this.arrived.length === 1 && !this.spoke ? 1000 : EVERY_MS);
  }

  flush() {
    this.timer = null;
    this.spoke = true;
    const names = this.arrived.splice(0);
    if (names.length === 1) this.say(t('announce_new_named', { name: names[0] }));
    else if (names.length) this.say(t('announce_new', { n: number(names.length) }));
  }
}
