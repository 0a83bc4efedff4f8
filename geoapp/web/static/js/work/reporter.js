import { address } from '../shared/api.js';
import { el } from '../shared/dom.js';
import { time } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { problem, signInAgain } from './problems.js';
import { askWhy } from './why.js';
import { send } from './shared/api.js';

/**
 * The reporter's contact: shown when somebody says what for, until it is put away or the page is
 * left. What is shown stays when the case is drawn anew by news.
 */
export class Reporter {
  /** @param {{say: (words: string) => void}} options */
  constructor({ say }) {
    Object.assign(this, { say, ticket: null, shown: null, place: null });
  }

  /** Take over the part of *live*, of the case with these *facts*. */
  adopt(live, facts) {
    if (this.ticket !== facts.ticket) this.shown = null;
    this.ticket = facts.ticket;
    this.place = live.querySelector('[data-contact]');
    const button = this.place?.querySelector('[data-contact-show]');
    if (!button) { this.shown = null; return; }
    button.hidden = false;
    button.addEventListener('click', () => this.ask(button));
    if (this.shown) this.put(button);
  }

  put(button) {
    button.hidden = true;
    this.place.append(this.shown);
  }

  ask(button) {
    const { ticket } = this;
    this.shown = askWhy({
      title: t('contact_title'), about: t('contact_recorded'), label: t('contact_purpose'), ready: t('contact_ready').split('|'), act: t('contact_show'),
      least: 3, tooShort: t('contact_too_short'),
      onSend: async (purpose) => {
        const found = await send(address(`/api/v1/work/complaints/${encodeURIComponent(ticket)}/contact`), { purpose });
        if (ticket !== this.ticket) return; // another case is open by now
        this.shown.remove();
        this.shown = this.card(found, purpose);
        this.put(this.place.querySelector('[data-contact-show]'));
        this.shown.querySelector('h3').focus();
        this.say(t('contact_shown'));
      },
      words: async (error) => [error.code === 'forbidden' ? t('refused_forbidden_contact') : await problem(error, { ticket }), signInAgain(error)],
      onCancel: () => this.away(),
    });
    this.put(button);
    this.shown.querySelector('textarea').focus();
  }

  away() {
    this.shown?.remove();
    this.shown = null;
    const button = this.place?.querySelector('[data-contact-show]');
    if (button) { button.hidden = false; button.focus(); }
  }

  card({ name, email, phone, language, read_at: readAt }, purpose) {
    const row = (key, value) => (value ? [el('dt', {}, t(`contact_${key}`)), el('dd', { dir: 'auto' }, value)] : []);
    return el('div.contact-card', {},
      el('h3', { tabindex: '-1' }, t('contact_was_recorded', { time: time(readAt), purpose })),
      el('dl.kv', {},
        row('name', name),
        row('email', email ? el('a.long', { href: `mailto:${encodeURIComponent(email).replace('%40', '@')}` }, email) : null),
        row('phone', phone ? el('a', { href: `tel:${phone}` }, phone) : null),
        row('language', t(`contact_language_${language}`))),
      el('button.btn.quiet', { type: 'button', onclick: () => this.away() }, t('contact_hide')));
  }
}
