import { address } from '../shared/api.js';
import { el, icon } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { immediate, stepForm } from './form.js';
import { send } from './shared/api.js';

/** What lies beside the primary button; the rest is in the menu. */
const BESIDE = ['verify', 'answer', 'finish', 'note', 'hold', 'give', 'assign'];
const MOST_BESIDE = 2;

/** Which buttons stand open and which go into the menu: one primary, a few beside it. */
export function arrange(actions) {
  const primary = actions.find((action) => action.primary) ?? null;
  const others = actions.filter((action) => action !== primary);
  const beside = BESIDE.map((step) => others.find((action) => action.step === step)).filter(Boolean).slice(0, MOST_BESIDE);
  return { primary, beside, menu: others.filter((action) => !beside.includes(action)) };
}

/** The steps the viewer may take with one complaint, and the form of the one being taken. */
export class Actions {
  /**
   * @param {HTMLElement} node
   * @param {{onDone: (answer: object) => void, onReload: () => void, newest: () => {words: string, own: boolean}|null}} on *newest*: what happened last, in words; onDone settles when the fresh state is shown
   */
  constructor(node, { onDone, onReload, newest }) {
    Object.assign(this, { node, onDone, onReload, newest, facts: null, form: null, sending: false });
    this.bar = el('div.act-bar');
    this.place = el('div.act-form');
    this.said = el('p.sr', { role: 'status' });
    node.replaceChildren(this.bar, this.place, this.said);
  }

  /** Offer what may be done with *facts*; a form being filled in stays, with what was typed. */
  show(facts) {
    const same = this.facts?.ticket === facts.ticket;
    const changed = same && this.facts.version !== facts.version;
    this.facts = facts;
    const { primary, beside, menu } = arrange(facts.actions);
    this.node.hidden = facts.actions.length === 0 && !this.form;
    this.lay(primary, beside, menu);
    while (beside.length && this.bar.lastElementChild.offsetTop > this.bar.firstElementChild.offsetTop) {
      menu.unshift(beside.pop()); // one line, whatever the words' length
      this.lay(primary, beside, menu);
    }
    if (!this.form || this.sending) return; // news of one's own step
    if (!same) this.cancel(false);
    else if (!facts.actions.some(({ step }) => step === this.form.step)) this.lost();
    else if (changed) this.form.tell(this.newest());
  }

  lay(primary, beside, menu) {
    this.bar.replaceChildren(...[
      primary && this.button(primary, 'primary'),
      ...beside.map((action) => this.button(action)),
      menu.length ? this.menu(menu) : null,
    ].filter(Boolean));
  }

  button(action, kind = '') {
    return el(`button.btn${kind ? `.${kind}` : ''}`, { type: 'button', disabled: this.sending, dataset: { step: action.step }, onclick: () => this.start(action.step) }, t(`step_${action.step}`));
  }

  menu(actions) {
    const items = el('div.menu.float', { role: 'group', 'aria-label': t('more_steps') }, actions.map((action) => this.button(action, 'quiet')));
    const details = el('details.more', {}, el('summary.btn', {}, t('more_steps'), icon('i-down')), items);
    items.addEventListener('click', () => { details.open = false; });
    details.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !details.open) return;
      event.preventDefault();
      event.stopPropagation();
      details.open = false;
      details.firstElementChild.focus();
    });
    details.addEventListener('focusout', (event) => { if (event.relatedTarget && !details.contains(event.relatedTarget)) details.open = false; });
    return details;
  }

  /** Take *step*, or open its form; false when the viewer may not take it now. */
  start(step, preset = {}) {
    const action = this.facts?.actions.find((one) => one.step === step);
    if (!action) return false;
    if (this.sending) return true; // the second half of a double click
    if (immediate(action.needs, action.optional)) this.take(action, {}).catch((error) => { this.fill(action, {}); this.form.fail(error); });
    else this.fill(action, preset, true);
    return true;
  }

  fill(action, values = {}, focus = true) {
    this.form?.end();
    this.form = stepForm(action, {
      facts: this.facts, values,
      onSend: (found) => this.take(action, found),
      onCancel: () => this.cancel(),
      onReload: () => this.onReload(),
    });
    this.place.replaceChildren(this.form.node);
    if (!focus) return;
    this.form.focus();
    this.form.node.scrollIntoView({ block: 'nearest' });
  }

  cancel(back = true) {
    const step = this.form?.step;
    this.form?.end();
    this.form = null;
    this.place.replaceChildren();
    if (back && step) (this.bar.querySelector(`[data-step="${CSS.escape(step)}"]`) ?? this.bar.querySelector('button, summary'))?.focus();
  }

  /** The step is no longer possible; what was typed for it can still be copied. */
  lost() {
    const { step } = this.form;
    const values = this.form.read();
    const words = values.text ?? values.reason;
    this.form.end();
    this.form = null;
    this.place.replaceChildren(el('div.failed.changed', { role: 'alert' }, el('b', {}, t('step_gone', { step: t(`step_${step}`) })), words ? el('p', {}, t('typed_was')) : null, words ? el('p.typed', { dir: 'auto' }, words) : null));
  }

  async take(action, values) {
    if (this.sending) return;
    const { ticket, version } = this.facts;
    this.busy(true);
    try {
      const answer = await send(address(`/api/v1/work/complaints/${encodeURIComponent(ticket)}/steps`), { step: action.step, version, ...values });
      this.form?.sent();
      this.cancel(false);
      this.said.textContent = t('step_done', { step: t(`step_${action.step}`), ticket });
      await this.onDone({ ...answer, step: action.step, agency: values.agency ?? null });
    } finally {
      this.busy(false);
    }
  }

  /** From the press until the fresh state is shown nothing else can be pressed. */
  busy(on) {
    this.sending = on;
    for (const button of this.bar.querySelectorAll('button')) button.disabled = on;
  }
}
