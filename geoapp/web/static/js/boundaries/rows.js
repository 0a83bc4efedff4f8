import { el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';

const AT_ONCE = 400;

/** The list beside the map: a button per thing, the first few hundred at once. */
export class Rows {
  /**
   * @param {HTMLElement} box
   * @param {(item: object) => void} pick
   */
  constructor(box, pick) {
    Object.assign(this, { box, pick, items: [], shown: 0, nodes: new Map() });
  }

  /** List *items* ({sign, kind, title, size, more}); an empty list shows *empty* (a node). */
  show(items, empty) {
    Object.assign(this, { items, shown: 0, nodes: new Map() });
    this.box.replaceChildren();
    this.box.scrollTop = 0;
    if (items.length) this.grow();
    else this.box.append(empty);
  }

  grow() {
    this.box.querySelector('.btn')?.remove();
    const next = this.items.slice(this.shown, this.shown + AT_ONCE);
    this.box.append(...next.map((item) => this.row(item)));
    this.shown += next.length;
    const left = this.items.length - this.shown;
    if (left) this.box.append(el('button.btn', { type: 'button', onclick: () => this.grow() }, t('b_more', { n: Math.min(left, AT_ONCE) })));
  }

  row(item) {
    const node = el(
      item.sign ? 'button.b-row' : 'button.b-row.plain',
      { type: 'button', onclick: () => this.pick(item) },
      item.sign ? el(`span.b-sign.${item.kind}`, {}, item.sign) : null,
      el('b', {}, item.title), el('span.num', {}, item.size), item.more ? el('small', {}, item.more) : null,
    );
    this.nodes.set(item, node);
    return node;
  }

  /** Mark *item* and bring its row into the list's view, never moving the page. */
  choose(item) {
    while (item && !this.nodes.has(item) && this.shown < this.items.length) this.grow();
    for (const [other, node] of this.nodes) {
      if (other === item) node.setAttribute('aria-current', 'true');
      else node.removeAttribute('aria-current');
    }
    const node = this.nodes.get(item);
    if (!node) return;
    const { offsetTop: top, offsetHeight: height } = node;
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop || top + height > scrollTop + clientHeight) this.box.scrollTop = top - (clientHeight - height) / 2;
  }
}
