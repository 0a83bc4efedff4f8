import { now as serverNow } from '../shared/clock.js';
import { badge, running } from '../shared/deadline.js';
import { byId, el } from '../shared/dom.js';
import { duration } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { Actions } from './actions.js';
import { CasePhotos } from './casephotos.js';
import { fetchCase, newestOf } from './fetch.js';
import { Reporter } from './reporter.js';
import { work } from './rules.js';

/**
 * One of the three deadlines as a badge; it ages while the page is open, with both units.
 *
 * @param {{due_at: string|null, done_at: string|null, state: string|null}} deadline as the server tells it
 */
export function dueBadge({ due_at: dueAt, done_at: doneAt, state }, now = serverNow()) {
  if (doneAt) {
    const late = dueAt ? Date.parse(doneAt) - Date.parse(dueAt) : 0;
    return late > 0 ? { kind: 'paused', sign: 'i-clock', text: t('done_late', { time: duration(late, true) }) } : { kind: 'done', text: t('done_in_time') };
  }
  if (state === 'paused') return { kind: 'paused', text: t('deadline_paused') };
  if (state === 'done' || !dueAt) return null;
  return running(dueAt, { full: true, now });
}

/** The badge of a list's row: the server's state, one unit. */
export function rowBadge({ state, due_at: dueAt }, now = serverNow()) {
  if (!state || state === 'done' || (!dueAt && state !== 'paused')) return null;
  return badge(state === 'paused' ? { kind: 'paused', text: t('deadline_paused') } : running(dueAt, { now }));
}

/** The step that gives a case to another agency as it stands now; null when none may be taken. */
export const reroutingStep = (actions) => ['assign', 'hand_over'].find((step) => actions.some((action) => action.step === step)) ?? null;

/**
 * A case inside a page: facts worded by the server, badges that age, actions. Used by the case's
 * own page and by the queue's drawer.
 */
export class CasePanel {
  /**
   * @param {HTMLElement} node holds #case-live
   * @param {{onShown?: (facts: object) => void, onDone?: (answer: object) => void, onGone?: (words: string, typed: string|null) => void}} on
   *   *onGone*: the viewer doesn't see the case any more; why, and what was being typed
   */
  constructor(node, { onShown = () => {}, onDone = () => {}, onGone = () => {} } = {}) {
    Object.assign(this, { node, onShown, onDone, onGone, facts: null });
    this.actions = null;
    this.reporter = new Reporter({ say });
    this.photos = new CasePhotos({ say, onChanged: () => this.refresh() });
    node.addEventListener('click', ({ target }) => {
      const { offer, preset } = target.closest('[data-offer]')?.dataset ?? {};
      if (offer) this.actions?.start(offer, preset ? JSON.parse(preset) : {});
    });
  }

  get ticket() { return this.facts?.ticket ?? null; }

  /** Take over the live part that is in the node (the page as it was sent, or one just fetched). */
  adopt() {
    const live = this.node.querySelector('#case-live');
    this.facts = JSON.parse(live.dataset.case);
    const place = live.querySelector('[data-acts]');
    this.actions ??= new Actions(el('div.case-acts-in'), { onDone: (answer) => this.after(answer), onReload: () => this.refresh(), newest: () => newestOf(this.node) });
    place.replaceChildren(this.actions.node);
    for (const acts of live.querySelectorAll('[data-offer-acts]')) acts.hidden = false;
    this.actions.show(this.facts);
    this.offerOthers(live);
    this.reporter.adopt(live, this.facts);
    this.photos.adopt(live, this.facts);
    this.tick();
    this.onShown(this.facts);
  }

  /** Agencies that the case might be for: one press opens the step that gives it to them. */
  offerOthers(live) {
    const step = reroutingStep(this.facts.actions);
    for (const button of live.querySelectorAll('[data-reroute]')) {
      button.hidden = !step;
      button.onclick = () => this.actions.start(step, { agency: button.dataset.reroute });
    }
  }

  /** Show *ticket*, fetched anew. */
  load(ticket) {
    this.latest = this.fetch(ticket);
    return this.latest;
  }

  async fetch(ticket) {
    this.request?.abort();
    this.request = new AbortController();
    const part = await fetchCase(ticket, this.request.signal);
    const keep = this.facts?.ticket === ticket;
    const scrolls = keep ? [...this.node.querySelectorAll('[data-scroll]')].map((one) => one.scrollTop) : [];
    const focused = keep ? focusOf(this.node) : null;
    if (!keep) { this.actions?.cancel(false); this.actions = null; }
    const old = this.node.querySelector('#case-live');
    if (old) old.replaceWith(part);
    else this.node.append(part);
    this.adopt();
    [...this.node.querySelectorAll('[data-scroll]')].forEach((one, i) => { one.scrollTop = scrolls[i] ?? 0; });
    focused?.();
  }

  /** Look again; *answer* when the viewer has just taken a step here. */
  async refresh(answer = null) {
    if (!this.ticket) return;
    for (let asked = this.load(this.ticket); asked;) {
      try {
        await asked;
        return;
      } catch (error) {
        // While a step of the viewer's own is on its way, its answer says why the case has left.
        if (error.status === 404 && (answer || !this.actions?.sending)) this.leave(answer);
        // Newer news asked again meanwhile: that answer counts. Any other failure leaves the page
        // as it is; the next news tries again.
        asked = error.name === 'AbortError' && this.latest !== asked ? this.latest : null;
      }
    }
  }

  /** The case has left the viewer's sight: by their own step, or by somebody else's. */
  leave(answer) {
    if (!this.ticket) return;
    const { ticket } = this;
    this.facts = null;
    const typed = this.actions?.form?.read() ?? {};
    const agency = work().agencies.find(({ code }) => code === answer?.agency)?.name;
    const words = answer && agency ? t('left_to_agency', { agency }) : answer ? t('left_by_step', { step: t(`step_${answer.step}`) }) : t('refused_not_found');
    this.actions?.form?.end();
    if (this.actions) this.actions.facts = null;
    this.onGone(`${ticket}: ${words}`, typed.text ?? typed.reason ?? null);
  }

  async after(answer) {
    if (this.ticket === answer.ticket) await this.refresh(answer);
    this.onDone(answer);
    if (document.activeElement === document.body) this.node.querySelector('#case-title')?.focus({ preventScroll: true });
  }

  tick() {
    for (const place of this.node.querySelectorAll('[data-due]')) {
      const found = dueBadge(JSON.parse(place.dataset.due));
      place.replaceChildren(...(found ? [badge(found)] : []));
    }
  }
}

/** Remember where the focus is inside *node*, so that it can be put back after the part is exchanged. */
function focusOf(node) {
  const active = document.activeElement;
  if (!node.contains(active)) return null;
  if (active.id && !active.closest('.step-form')) return () => document.getElementById(active.id)?.focus({ preventScroll: true });
  const { name } = active;
  return name ? () => node.querySelector(`.step-form [name="${CSS.escape(name)}"]`)?.focus({ preventScroll: true }) : null;
}

/** Words of the page's status line for screen readers. */
export const say = (words) => { byId('announce').textContent = words; };
