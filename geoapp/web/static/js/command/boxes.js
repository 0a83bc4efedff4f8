import { el } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';

/**
 * A list of checkboxes with counts: what is checked is shown. Rows are made once and changed in
 * place, so that neither focus nor anything else moves when figures come.
 */
export class Boxes {
  /**
   * @param {HTMLFieldSetElement} node with a legend and an empty list
   * @param {object} how
   * @param {string[]} how.codes in their order
   * @param {number} how.few rows that always stand there; the others fold away while they say nothing
   * @param {() => string[]} how.chosen codes that are checked
   * @param {(codes: string[]) => void} how.choose
   * @param {(code: string) => Node} how.sign
   * @param {(code: string) => string} how.name
   * @param {(code: string) => number|null} how.count null while it isn't known
   * @param {boolean} [how.one] offer to look at one alone
   * @param {boolean} [how.emptyIsAll] nothing chosen means all of them
   */
  constructor(node, { emptyIsAll = true, ...how }) {
    Object.assign(this, { node, how: { emptyIsAll, ...how }, single: false, all: false });
    this.rows = new Map(how.codes.map((code) => [code, this.row(code)]));
    node.querySelector('ul').replaceChildren(...[...this.rows.values()].map(({ item }) => item));
    if (how.one) {
      this.only = el('button.c-link', { type: 'button', 'aria-pressed': 'false', onclick: () => { this.single = !this.single; this.draw(); } }, t('only_one'));
      node.querySelector('legend').append(this.only);
    }
    this.every = el('button.c-link', { type: 'button', onclick: () => { how.choose(emptyIsAll ? [] : how.codes); this.first().focus(); } }, t('all_of_them'));
    node.querySelector('legend').append(this.every);
    if (how.codes.length > how.few) {
      this.more = el('button.c-link', { type: 'button', 'aria-expanded': 'false', onclick: () => { this.all = !this.all; this.draw(); } });
      node.append(this.more);
    }
    this.draw();
  }

  row(code) {
    const box = el('input', { type: 'checkbox', value: code, onchange: () => this.toggle(code, box.checked) });
    const count = el('span.n');
    return { item: el('li', {}, el('label', {}, box, this.how.sign(code), el('span.c-name', {}, this.how.name(code)), count)), box, count };
  }

  first() { return this.rows.get(this.how.codes[0]).box; }

  checked() {
    const chosen = this.how.chosen();
    return this.how.emptyIsAll && !chosen.length ? this.how.codes : chosen;
  }

  toggle(code, on) {
    const { codes, emptyIsAll, choose } = this.how;
    if (this.single) { choose(on || this.checked().length > 1 ? [code] : emptyIsAll ? [] : codes); this.draw(); return; }
    const checked = new Set(this.checked());
    checked[on ? 'add' : 'delete'](code);
    const kept = codes.filter((one) => checked.has(one));
    choose(emptyIsAll && kept.length === codes.length ? [] : kept);
    this.draw();
  }

  draw() {
    const { codes, few, count, emptyIsAll, chosen } = this.how;
    const checked = new Set(this.checked());
    const narrowed = emptyIsAll ? chosen().length > 0 : false;
    let folded = 0;
    for (const [i, code] of codes.entries()) {
      const { item, box, count: node } = this.rows.get(code);
      box.checked = checked.has(code);
      const n = count(code);
      node.textContent = n == null ? '' : number(n);
      const stays = i < few || this.all || (emptyIsAll ? narrowed && checked.has(code) : checked.has(code));
      item.hidden = !stays;
      if (!stays) folded += 1;
    }
    this.every.hidden = !narrowed;
    if (this.only) { this.only.setAttribute('aria-pressed', String(this.single)); }
    if (!this.more) return;
    this.more.textContent = this.all ? t('fewer_rows') : t('more_rows', { n: number(folded) });
    this.more.setAttribute('aria-expanded', String(this.all));
    this.more.hidden = !this.all && folded === 0;
  }
}
