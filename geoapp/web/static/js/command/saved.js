import { address, getJson } from '../shared/api.js';
import { byId, el, icon } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { problem } from '../work/problems.js';
import { send } from '../work/shared/api.js';

const PATH = '/api/v1/work/filters';

/** A filter's parameters in one order, so that two ways of writing the same are the same. */
export const canonical = (query) => [...new URLSearchParams(query)].filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([key, value]) => `${key}=${value}`).join('&');

/** Which of the *saved* filters is in force; null when none says exactly this. */
export const inForce = (saved, query) => saved.find((one) => canonical(one.query) === canonical(query)) ?? null;

/** Mine first, then what others share; each by name. */
export function sorted(filters) {
  const byName = (a, b) => a.name.localeCompare(b.name);
  return [filters.filter((one) => one.mine).sort(byName), filters.filter((one) => !one.mine).sort(byName)];
}

/** Filters kept by name: chosen at the top of the left column, saved at its foot. */
export class Saved {
  /**
   * @param {{place: HTMLElement, foot: HTMLElement}} nodes
   * @param {{query: () => object, apply: (query: string) => void, clear: () => void, say: (words: string) => void}} page
   *   *query*: the present filter's parameters
   */
  constructor({ place, foot }, page) {
    Object.assign(this, { page, filters: [], form: null });
    this.name = el('b');
    this.button = el('button.saved-now', { type: 'button', 'aria-expanded': 'false', 'aria-controls': 'saved-list', onclick: () => this.open() },
      el('span', {}, t('view')), this.name, icon('i-down'));
    this.list = el('div.saved-list', { id: 'saved-list', hidden: true });
    place.replaceChildren(this.button, this.list);
    place.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.opened) return;
      event.preventDefault();
      event.stopPropagation();
      this.open(false);
    });
    place.addEventListener('focusout', ({ relatedTarget }) => { if (relatedTarget && !place.contains(relatedTarget)) this.open(false, false); });
    this.save = el('button.desk-link', { type: 'button', 'aria-expanded': 'false', onclick: () => this.ask() }, t('save_filter'));
    this.room = el('div.saved-form');
    foot.replaceChildren(this.save, this.room);
    this.sync();
  }

  get query() { return new URLSearchParams(Object.entries(this.page.query()).filter(([, value]) => value !== '' && value != null)).toString(); }

  async load() {
    try {
      this.filters = (await getJson(address(PATH))).filters;
      this.failed = false;
    } catch {
      this.failed = true;
    }
    this.draw();
  }

  /** The filters have changed: say which view this is. */
  sync() {
    const now = inForce(this.filters, this.query);
    this.name.textContent = now?.name ?? t(canonical(this.query) === 'since=P90D&status=open' ? 'view_open' : 'view_own');
    for (const button of this.list.querySelectorAll('[data-id]')) {
      if (Number(button.dataset.id) === now?.id) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    }
  }

  get opened() { return !this.list.hidden; }

  open(on = this.list.hidden, back = true) {
    if (on === this.opened) return false;
    this.list.hidden = !on;
    this.button.setAttribute('aria-expanded', String(on));
    if (on) {
      this.load();
      this.list.querySelector('button')?.focus();
    } else if (back) this.button.focus();
    return true;
  }

  /** Close what is open here; true when something was. */
  close() {
    if (this.form) { this.cancel(); return true; }
    return this.open(false);
  }

  draw() {
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    const [mine, shared] = sorted(this.filters);
    const group = (title, filters) => (filters.length ? [el('h3', {}, title), el('ul', {}, filters.map((one) => this.row(one)))] : []);
    this.list.replaceChildren(...[
      el('button.saved-pick', { type: 'button', dataset: { id: '0' }, onclick: () => { this.page.clear(); this.open(false); } }, t('view_open')),
      ...group(t('saved_mine'), mine), ...group(t('saved_shared'), shared),
      this.filters.length ? null : el('p.desk-note', {}, t(this.failed ? 'saved_failed' : 'saved_none')),
      this.told ?? null,
    ].filter(Boolean));
    this.sync();
    if (focused) this.list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }

  row(one) {
    const pick = el('button.saved-pick', { type: 'button', dataset: { id: one.id }, onclick: () => { this.page.apply(one.query); this.open(false); this.page.say(t('view_is', { name: one.name })); } },
      one.name, one.mine ? (one.shared ? el('span.muted', {}, t('saved_is_shared')) : null) : el('span.muted', {}, one.owner));
    const act = (key, sign, run) => el('button.btn.icon.quiet', { type: 'button', 'aria-label': t(key, { name: one.name }), title: t(key, { name: one.name }), onclick: run }, icon(sign));
    return el('li', {}, pick, one.may_change ? [act('saved_replace', 'i-check', () => this.change(one, { query: this.query }, 'saved_replaced')), act('saved_remove', 'i-x', () => this.remove(one))] : null);
  }

  /** Ask for a name under which the present filter is kept. */
  ask() {
    if (this.form) { this.cancel(); return; }
    const name = el('input', { id: 'saved-name', type: 'text', maxlength: 60, required: true, autocomplete: 'off', 'aria-describedby': 'saved-wrong' });
    const share = el('input', { type: 'checkbox' });
    this.wrong = el('p.wrong', { id: 'saved-wrong', role: 'alert', hidden: true });
    this.form = el('form', { 'aria-label': t('save_filter_title'), novalidate: true, onsubmit: (event) => { event.preventDefault(); this.keep(name.value.trim(), share.checked); } },
      el('div.field', {}, el('label', { for: 'saved-name' }, t('saved_name')), name, this.wrong),
      el('label.tick', {}, share, t('saved_share')),
      el('div.acts', {}, el('button.btn.primary', { type: 'submit' }, t('save')), el('button.btn.quiet', { type: 'button', onclick: () => this.cancel() }, t('cancel'))));
    this.room.replaceChildren(this.form);
    this.save.setAttribute('aria-expanded', 'true');
    name.focus();
  }

  cancel() {
    this.form = null;
    this.room.replaceChildren();
    this.save.setAttribute('aria-expanded', 'false');
    this.save.focus();
  }

  async keep(name, shared) {
    if (!name) { this.fault(t('field_missing')); return; }
    try {
      const made = await send(address(PATH), { name, query: this.query, shared });
      this.filters = [...this.filters, made];
      this.cancel();
      this.draw();
      this.page.say(t('saved_as', { name }));
    } catch (error) {
      this.fault(error.status === 409 ? t(this.filters.some((one) => one.mine && one.name === name) ? 'saved_taken' : 'saved_refused') : await problem(error, {}));
    }
  }

  fault(words) {
    this.wrong.textContent = words;
    this.wrong.hidden = false;
    this.form.querySelector('input').focus();
  }

  async change(one, changes, said) {
    await this.act(async () => {
      const made = await send(address(`${PATH}/${one.id}`), changes);
      this.filters = this.filters.map((other) => (other.id === one.id ? made : other));
      this.page.say(t(said, { name: one.name }));
    });
  }

  async remove(one) {
    await this.act(async () => {
      await send(address(`${PATH}/${one.id}/remove`), {});
      this.filters = this.filters.filter((other) => other.id !== one.id);
      this.page.say(t('saved_removed', { name: one.name }));
    });
    this.list.querySelector('button')?.focus();
  }

  async act(run) {
    this.told = null;
    try {
      await run();
    } catch (error) {
      this.told = el('p.wrong', { role: 'alert' }, await problem(error, {}));
    }
    this.draw();
  }
}

/** What *query* holds as the page's state, with everything else of the filter taken away. */
function patchOf(state, query) {
  const read = state.read(`?${query}`);
  const named = new URLSearchParams(query);
  // What a saved filter doesn't name is no part of it: any time, any state.
  const patch = Object.fromEntries(state.FILTERS.map((key) => [key, read[key]]));
  for (const key of ['since', 'status']) if (!named.has(key)) patch[key] = key === 'status' ? 'all' : '';
  return patch;
}

/** Filters by name: above the filters and at their foot. */
export function mount({ state, announcer }) {
  const saved = new Saved({ place: byId('saved'), foot: byId('save') }, {
    query: () => state.query('saved'),
    apply: (query) => state.update(patchOf(state, query)),
    clear: () => state.update(state.nothing()),
    say: (words) => announcer.say(words),
  });
  saved.load();
  state.on('filters', () => saved.sync());
  return { close: () => saved.close() };
}
