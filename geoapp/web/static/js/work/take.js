import { t } from '../shared/i18n.js';
import { immediate } from './form.js';
import { mayStep, work } from './rules.js';

/**
 * A key's step, on a page with a list, a drawer and steps for many: for the selected complaints,
 * else for the open one, else for the current one. A step that asks for nothing is done at once;
 * any other, and any with a complaint that isn't listed, opens it first.
 *
 * @param {{list: import('./list.js').QueueList, bulk: import('./bulk.js').Bulk, drawer: import('./drawer.js').Drawer,
 *   say: (words: string) => void, open: (ticket: string) => void, current?: () => string|null, many?: () => boolean}} page
 *   *current*: the complaint that a key means while none is open; *many*: whether it may mean the selected ones
 */
export function taker({ list, bulk, drawer, say, open, current = () => list.current, many = () => true }) {
  let pending = null;
  const refuse = (name) => say(t('not_now', { step: t(`step_${name}`) }));

  function take(name, preset = {}) {
    if (bulk.sending) return;
    if (list.selected.size && many()) { if (!bulk.start(name, preset)) say(t('nothing_for_all')); return; }
    const ticket = list.source.open() ?? current();
    if (!ticket) return;
    if (drawer.ticket === ticket && drawer.panel.actions) {
      if (!drawer.panel.actions.start(name, preset)) refuse(name);
      return;
    }
    const complaint = list.complaint(ticket);
    const step = work().steps[name];
    if (!step || (complaint && !mayStep(name, complaint.status))) { refuse(name); return; }
    if (complaint && many() && immediate(step.needs, step.optional)) {
      list.select(ticket, true);
      bulk.start(name);
      return;
    }
    open(ticket);
    pending = [ticket, name, preset];
  }

  /** The drawer shows *ticket*: the form that a key asked for opens. */
  function opened(ticket) {
    const [wanted, name, preset] = pending ?? [];
    pending = null;
    if (wanted && wanted === ticket && drawer.ticket === ticket && !drawer.panel.actions?.start(name, preset)) refuse(name);
  }

  /** The keys of steps, as keyboard() takes them. */
  const keys = {
    v: () => take('verify'), a: () => take('assign'), h: () => take('hold'), r: () => take('answer'),
    n: () => take('note'), g: () => take('merge'), d: () => take('reject', { class: 'junk' }),
  };
  return { take, opened, keys };
}
