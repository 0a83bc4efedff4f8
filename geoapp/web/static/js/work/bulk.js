import { address } from '../shared/api.js';
import { localName } from '../shared/config.js';
import { el, icon } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { immediate, stepForm } from './form.js';
import { problem, signInAgain } from './problems.js';
import { stepsForAll, work } from './rules.js';
import { send } from './shared/api.js';

/** What stands over the list while rows are selected: what can be done with all of them, and what became of it. */
export class Bulk {
  /**
   * @param {HTMLElement} node
   * @param {{list: import('./list.js').QueueList, onDone: () => Promise<unknown>}} on onDone settles when the fresh rows are there
   */
  constructor(node, { list, onDone }) {
    Object.assign(this, { node, list, onDone, form: null, sending: false });
    this.bar = el('div.bulk-bar');
    this.place = el('div.bulk-form');
    this.outcome = el('div.bulk-outcome', { role: 'status' });
    node.replaceChildren(this.bar, this.place, this.outcome);
  }

  /** The selection has changed. */
  draw() {
    const chosen = this.list.chosen();
    const steps = this.possible(chosen);
    this.bar.hidden = chosen.length === 0;
    this.node.hidden = chosen.length === 0 && !this.outcome.childNodes.length && !this.form;
    if (this.form && !steps.includes(this.form.step)) this.cancel(false);
    if (!chosen.length) return;
    const focused = this.bar.contains(document.activeElement) ? document.activeElement.dataset.step : null;
    this.bar.replaceChildren(
      el('b', {}, t('n_selected', { n: number(chosen.length) })),
      el('span.bulk-steps', {}, steps.length ? steps.map((step) => el('button.btn', { type: 'button', disabled: this.sending, dataset: { step }, onclick: () => this.start(step) }, t(`step_${step}`)))
        : el('span.muted', {}, t(Object.keys(work().steps).length ? 'nothing_for_all' : 'only_reading'))),
      el('button.btn.quiet', { type: 'button', dataset: { step: '-' }, onclick: () => { this.clear(); this.list.selectAll(false); } }, t('unselect')));
    if (focused) this.bar.querySelector(`[data-step="${focused}"]`)?.focus();
  }

  /** Steps for all of *chosen*; officers belong to one agency, so giving needs one. */
  possible(chosen) {
    const agencies = new Set(chosen.map((complaint) => complaint.agency?.code));
    return stepsForAll(chosen).filter((step) => step !== 'give' || agencies.size === 1);
  }

  /** Do *step* with all that is selected, or ask for what it needs. False when it isn't possible. */
  start(step, preset = {}) {
    if (this.sending) return true; // the second half of a double click
    const chosen = this.list.chosen();
    if (!this.possible(chosen).includes(step)) return false;
    const { needs, optional } = work().steps[step];
    this.outcome.replaceChildren();
    if (immediate(needs, optional)) { this.take(step, {}).catch((error) => this.fail(error)); return true; }
    const agencies = new Set(chosen.map((complaint) => complaint.agency?.code));
    const shared = agencies.size === 1 ? { agency_code: chosen[0].agency?.code, agency: chosen[0].agency?.name } : null;
    this.form = stepForm({ step, needs, optional }, { facts: shared, count: chosen.length, values: preset, onSend: (values) => this.take(step, values), onCancel: () => this.cancel() });
    this.place.replaceChildren(this.form.node);
    this.node.hidden = false;
    this.form.focus();
    return true;
  }

  cancel(back = true) {
    const step = this.form?.step;
    this.form = null;
    this.place.replaceChildren();
    if (back) this.bar.querySelector(`[data-step="${step}"]`)?.focus();
    this.draw();
  }

  clear() {
    this.outcome.replaceChildren();
    this.form = null;
    this.place.replaceChildren();
  }

  async take(step, values) {
    const chosen = this.list.chosen();
    const names = new Map(chosen.map((complaint) => [complaint.ticket, localName(complaint.service_name)]));
    this.busy(true);
    try {
      const { results } = await send(address('/api/v1/work/steps'), { step, complaints: chosen.map(({ ticket, version }) => ({ ticket, version })), ...values });
      this.form = null;
      this.place.replaceChildren();
      await this.report(step, results, names);
      await this.onDone();
    } finally {
      this.busy(false);
    }
    if (document.activeElement === document.body) this.list.focus();
  }

  busy(on) {
    this.sending = on;
    this.draw();
    for (const button of this.bar.querySelectorAll('button')) button.disabled = on;
  }

  /** Who it was done for, and for whom not and why, in plain words; those stay selected. */
  async report(step, results, names) {
    const failed = results.filter((result) => !result.ok);
    const rows = await Promise.all(failed.map(async ({ ticket, error }) => el('li', {}, el('a', { href: `?open=${encodeURIComponent(ticket)}`, dataset: { open: ticket } }, `${names.get(ticket) ?? ''} ${ticket}`.trim()), el('p', {}, await problem({ ...error, status: error.status ?? 409 }, { step, ticket })))));
    for (const { ticket, ok } of results) if (ok) this.list.select(ticket, false);
    this.tell(el('div', {},
      el('b', {}, failed.length ? t('bulk_partly', { step: t(`step_${step}`), done: number(results.length - failed.length), failed: number(failed.length) }) : t('bulk_done', { step: t(`step_${step}`), n: number(results.length) })),
      rows.length ? el('ul', {}, rows) : null));
  }

  /** Say something above the list until it is closed. */
  tell(words) {
    this.outcome.replaceChildren(words, el('button.btn.quiet.icon', { type: 'button', 'aria-label': t('close'), onclick: () => { this.outcome.replaceChildren(); this.draw(); this.list.focus(); } }, icon('i-x')));
    this.node.hidden = false;
  }

  async fail(error) {
    this.tell(el('div', {}, el('b', {}, await problem(error, {})), signInAgain(error)));
  }
}
