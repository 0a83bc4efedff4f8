import { ApiError } from '../shared/api.js';
import { isOpen } from '../shared/deadline.js';
import { el, icon } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { meToo, saidOf, takeBack } from '../shared/metoo.js';

/**
 * How many support a complaint, and the button by which one more does. Drawn into two places of
 * the card, which it keeps up to date: the words (`words`) and the button (`acts`).
 */
export class Support {
  /** @param {{onGone: () => void}} options it isn't open any more: show it anew */
  constructor({ onGone }) {
    this.onGone = onGone;
    this.words = el('span.backed');
    this.acts = el('div.me-too');
    this.says = el('p.says', { role: 'status' });
  }

  /** Take over a complaint. */
  show({ ticket, status, supporters }) {
    if (ticket !== this.ticket) { this.busy = false; this.says.textContent = ''; this.says.className = 'says'; }
    Object.assign(this, { ticket, open: isOpen(status), supporters });
    this.draw();
  }

  /** Somebody else said it, too, or took it back. */
  count(supporters) {
    this.supporters = supporters;
    this.draw();
  }

  draw() {
    const n = this.supporters;
    // While it may be supported the line keeps its place, so that the button never moves under a thumb.
    this.words.hidden = !n && !this.open;
    this.words.classList.toggle('none', !n);
    this.words.replaceChildren(icon('i-people'), t('supported_by', { n: number(n), count: n }));
    const said = saidOf(this.ticket);
    const focused = this.acts.contains(document.activeElement);
    this.acts.hidden = !this.open;
    this.acts.replaceChildren(...(said === 'own' ? [el('p.own', {}, icon('i-person'), t('me_too_own'))] : [this.button(said === 'said')]), this.says);
    if (focused) this.acts.querySelector('button')?.focus({ preventScroll: true });
  }

  button(said) {
    return el(`button.btn${said ? '.said' : '.primary'}`, {
      type: 'button',
      'aria-pressed': String(said),
      'aria-disabled': this.busy ? 'true' : null, // not disabled: the focus would be lost
      onclick: () => this.tap(said),
    }, icon(said ? 'i-check' : 'i-people'), t(said ? 'me_too_said' : 'me_too'));
  }

  async tap(said) {
    if (this.busy) return;
    const { ticket } = this;
    this.busy = true;
    this.tell('');
    this.draw();
    try {
      const told = await (said ? takeBack : meToo)(ticket);
      if (ticket !== this.ticket) return;
      this.supporters = told.supporters;
      this.tell(t(`me_too_${told.result}_told`));
    } catch (error) {
      if (ticket !== this.ticket) return;
      const gone = error instanceof ApiError && [404, 409].includes(error.status);
      this.tell(t(gone ? 'me_too_gone' : error.status === 429 ? 'me_too_often' : 'me_too_failed'), true);
      if (gone) this.onGone();
    } finally {
      if (ticket === this.ticket) { this.busy = false; this.draw(); }
    }
  }

  tell(words, wrong = false) {
    this.says.textContent = words;
    this.says.classList.toggle('wrong', wrong);
  }
}
