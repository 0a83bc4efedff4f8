import { address, getJson } from '../shared/api.js';
import { byId, el } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { debounce } from '../map/rules.js';
import { Bulk } from '../work/bulk.js';
import { QueueList } from '../work/list.js';
import { problem } from '../work/problems.js';

/** A list that changes without cease is looked at anew this often. */
const MOST_MS = 3000;

/** What a lasso or a key has selected, put into words: "37 dipilih", "200 dari 431 dipilih". */
export function pickedWords({ matched, taken }) {
  if (!matched) return t('picked_none');
  return matched > taken ? t('picked_some', { n: number(taken), all: number(matched) }) : t('picked_all', { n: number(taken), count: taken });
}

/** Several complaints at once: from the list, from the feed, from a shape drawn on the map. */
export class Selection {
  /**
   * @param {{list: QueueList, bulk: Bulk, all: HTMLInputElement, say: (words: string) => void}} parts
   */
  constructor({ list, bulk, all, say }) {
    Object.assign(this, { list, bulk, all, say });
    all.addEventListener('change', () => list.selectAll(all.checked));
  }

  get size() { return this.list.selected.size; }

  /** The selection has changed. */
  draw() {
    const { list, all } = this;
    const listed = [...list.rows.keys()].filter((ticket) => list.selected.has(ticket)).length;
    all.checked = listed > 0 && listed === list.rows.size;
    all.indeterminate = listed > 0 && !all.checked;
    this.bulk.draw();
  }

  /** Select *ticket* or unselect it, wherever it was come across. */
  async toggle(ticket) {
    if (!this.list.complaint(ticket)) {
      const feature = await getJson(address(`/api/v1/work/complaints/${encodeURIComponent(ticket)}`)).catch(() => null);
      if (!feature) { this.say(t('case_missing')); return; }
      const complaint = feature.properties ?? feature;
      this.list.selected.set(ticket, complaint);
      this.list.select(ticket, true);
    } else this.list.select(ticket);
    this.say(t('n_selected', { n: number(this.size) }));
  }

  /** Select what *parameters* find: a shape drawn on the map, with the filters of the page. */
  async pick(parameters) {
    try {
      const counted = await this.list.pick(parameters);
      const words = pickedWords(counted);
      this.say(words);
      if (counted.matched !== counted.taken || !counted.matched) this.bulk.tell(words);
      this.draw();
      if (counted.taken) this.bulk.bar.querySelector('button')?.focus({ preventScroll: true });
      return counted;
    } catch (error) {
      this.bulk.tell(await problem(error, {}));
      this.draw();
      return { matched: 0, taken: 0 };
    }
  }
}

/** Why the list is empty: the filters by name, and the way out of them. */
function nothingListed(state) {
  const set = state.filtered();
  const names = set.map((key) => t(`filter_name_${key}`)).join(', ');
  return [el('p', {}, set.length ? t('empty_why', { filters: names }) : t('empty_none')),
    set.length ? el('button.btn', { type: 'button', onclick: () => state.update(state.nothing()) }, t('clear_filters')) : null];
}

/** The list beside the map, with what is done to several of its rows. */
export function mount(context) {
  const { state, on, announcer } = context;
  const say = (words) => announcer.say(words);
  const all = el('input', { type: 'checkbox', id: 'select-all', 'aria-label': t('select_all') });
  byId('list-scroll').before(el('p.desk-head', {}, el('label.desk-all', {}, all, t('select_all')), el('span.muted', {}, t('by_deadline'))));
  const list = new QueueList(
    { query: () => state.query('list'), open: () => state.get().open, clear: () => state.update(state.nothing()), empty: () => nothingListed(state) },
    { list: byId('list'), scroll: byId('list-scroll'), state: byId('list-state'), newer: byId('newer'), sum: byId('list-title') },
    {
      onOpen: context.open,
      onPoint: (ticket) => context.layers?.point(ticket),
      onSelect: () => selection.draw(),
      onCounted: (matched) => { byId('list-count').textContent = number(matched); },
      onLoaded: () => {},
    });
  const bulk = new Bulk(byId('bulk'), { list, onDone: () => { context.refresh(); return looking; } });
  const selection = new Selection({ list, bulk, all, say });
  const node = byId('bulk');
  node.addEventListener('click', (event) => {
    const link = event.target.closest('[data-open]');
    if (!link) return;
    event.preventDefault();
    context.open(link.dataset.open);
  });
  node.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !bulk.form) return;
    event.preventDefault();
    event.stopPropagation();
    bulk.cancel();
  });
  Object.assign(context, { bulk, selection });

  let loading = list.load();
  let looking = null;
  const look = () => { looking = list.refresh(); };
  const soon = debounce(look, 800, MOST_MS);
  state.on('filters', () => { loading = list.load(); });
  state.on('open', () => list.mark());
  on('complaint', soon);
  on('retraction', soon);
  on('refresh', look);
  on('boundaries', look);
  on('minute', () => list.tick());
  on('lasso', async () => {
    context.showTab('list');
    context.showDesk('complaints', false);
    await loading;
    await selection.pick(state.query('list'));
  });
  on('cell', () => { context.showTab('list'); context.showDesk('complaints', false); });
  return {
    list,
    close: () => {
      if (bulk.form) { bulk.cancel(); return true; }
      if (!list.selected.size) return false;
      list.selectAll(false);
      return true;
    },
  };
}
