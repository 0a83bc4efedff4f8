import { config } from '../shared/config.js';
import { el, icon } from '../shared/dom.js';
import { t } from '../shared/i18n.js';

const MOST = 6;

/** Plain letters for comparing names: lower case, no accents, no blanks. */
const plain = (text) => text.toLowerCase().normalize('NFD').replace(/[^\p{L}\p{N}]/gu, '');

/** Letters of ticket numbers, as the server draws them: none that look alike. */
export const TICKET_LETTERS = '34679ACDEFGHJKMNPQRTWXY';

const BODY = new RegExp(`^[${TICKET_LETTERS}]{8}$`);

/**
 * A ticket number as people type it, or null: "jbi 4hk9 7qxc" → "JBI-4HK9-7QXC".
 *
 * @param {string} [prefix] of the city; without it the number alone is a ticket when it has a digit,
 *   so that a word of eight letters is none
 */
export function asTicket(text, prefix = config.city?.ticket_prefix) {
  const typed = text.trim().toUpperCase().replace(/[\s\u2010-\u2015-]+/g, '');
  const body = typed.slice(-8);
  const before = typed.slice(0, -8);
  if (!BODY.test(body)) return null;
  const known = prefix ? before === prefix : /^[A-Z]{2,5}$/.test(before) && /\d/.test(body);
  const bare = prefix && before === '' && /\d/.test(body);
  return known || bare ? `${prefix || before}-${body.slice(0, 4)}-${body.slice(4)}` : null;
}

/** The search box: suggests places, opens a ticket, or searches the words of complaints. */
export class Search {
  /**
   * @param {{form: HTMLFormElement, input: HTMLInputElement, options: HTMLElement}} nodes
   * @param {{areas: object, onArea: (code: string) => void, onTicket: (ticket: string) => void}} actions
   * @param {{get: () => {q: string}, update: (patch: object) => void, on: Function}} state of the page
   */
  constructor({ form, input, options }, actions, state) {
    Object.assign(this, { form, input, options, actions, state, choices: [], active: -1 });
    input.addEventListener('input', () => this.suggest());
    input.addEventListener('focus', () => this.suggest());
    input.addEventListener('keydown', (event) => this.key(event));
    input.addEventListener('search', () => { if (!input.value) this.clear(); });
    form.addEventListener('submit', (event) => { event.preventDefault(); this.choose(this.choices[Math.max(this.active, 0)]); });
    form.addEventListener('focusout', (event) => { if (!form.contains(event.relatedTarget)) this.close(); });
    state.on('filters', () => this.sync());
    this.sync();
  }

  sync() {
    if (document.activeElement !== this.input) this.input.value = this.state.get().q;
  }

  find(text) {
    const wanted = plain(text);
    const choices = [];
    const ticket = asTicket(text);
    if (ticket) choices.push({ icon: 'i-right', text: t('search_ticket', { ticket }), run: () => this.actions.onTicket(ticket) });
    const { kecamatan, kelurahan } = this.actions.areas;
    const near = [...kecamatan.map((area) => [area, 'kecamatan_short']), ...kelurahan.map((area) => [area, 'kelurahan_short'])]
      .map(([area, label]) => ({ area, label, at: plain(area.name).indexOf(wanted) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at || a.area.name.localeCompare(b.area.name, 'id'));
    for (const { area, label } of near.slice(0, MOST - choices.length - 1)) {
      choices.push({ icon: 'i-pin', text: t(label, { name: area.name }), more: area.parentName ?? '', run: () => this.actions.onArea(area.code) });
    }
    choices.push({ icon: 'i-search', text: t('search_words', { words: text.trim() }), keep: true, run: () => this.state.update({ q: text.trim() }) });
    return choices;
  }

  suggest() {
    const text = this.input.value;
    if (text.trim().length < 2) { this.close(); return; }
    this.choices = this.find(text);
    this.active = -1;
    this.options.replaceChildren(...this.choices.map((choice, i) => el('li', {
      role: 'option', id: `search-option-${i}`, 'aria-selected': 'false',
      onmousedown: (event) => event.preventDefault(),
      onclick: () => this.choose(choice),
    }, icon(choice.icon), el('span', {}, choice.text), choice.more ? el('span.muted', {}, choice.more) : null)));
    this.options.hidden = false;
    this.input.setAttribute('aria-expanded', 'true');
  }

  key(event) {
    const open = !this.options.hidden;
    if (event.key === 'Escape') {
      event.stopPropagation();
      if (open) this.close();
      else if (this.input.value) this.clear();
      else this.input.blur();
      event.preventDefault();
    } else if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      const count = this.choices.length;
      this.active = event.key === 'ArrowDown' ? (this.active + 1) % count : (this.active - 1 + count) % count;
      [...this.options.children].forEach((node, i) => node.setAttribute('aria-selected', String(i === this.active)));
      this.input.setAttribute('aria-activedescendant', `search-option-${this.active}`);
    }
  }

  choose(choice) {
    if (!choice) { this.clear(); return; }
    this.close();
    if (!choice.keep) this.input.value = '';
    choice.run();
    if (!choice.keep && this.state.get().q) this.state.update({ q: '' });
  }

  clear() {
    this.input.value = '';
    this.close();
    if (this.state.get().q) this.state.update({ q: '' });
  }

  close() {
    this.options.hidden = true;
    this.choices = [];
    this.active = -1;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }
}
