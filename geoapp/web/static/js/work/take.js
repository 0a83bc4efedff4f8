import { t } from '../shared/i18n.js';
import { immediate } from './form.js';
import { mayStep, work } from './rules.js';

/**
 * A key's step, on a page with a list, a drawer and steps for many: for the selected complaints,
 * else for the open one, else for the one with the focus. A step that asks for nothing is done at
 * once; any other opens the complaint with its form.
 *
 * @param {{list: import('./list.js').QueueList, bulk: import('./bulk.js').Bulk, drawer: import('./drawer.js').Drawer,
 *   say: (words: string) => void, open: (ticket: string) => void}} page
 */
export function taker({ list, bulk, drawer, say, open }) {
  let pending = null;
  const refuse = (name) => say(t('not_now', { step: t(`step_${name}`) }));

  function take(name, preset = {}) {
    if (bulk.sending) return;
    if (list.selected.size) { if (!bulk.start(name, preset)) say(t('nothing_for_all')); return; }
    const ticket = list.source.open() ?? list.current;
    if (!ticket) return;
    if (drawer.ticket === ticket && drawer.panel.actions) {
      if (!drawer.panel.actions.start(name, preset)) refuse(name);
      return;
    }
    const complaint = list.complaint(ticket);
    if (!complaint || !mayStep(name, complaint.status)) { refuse(name); return; }
    const { needs, optional } = work().steps[name];
    if (immediate(needs, optional)) {
      list.select(ticket, true);
      bulk.start(name);
      return;
    }
    open(ticket);
    pending = [ticket, name, preset];
  }

  /** The drawer shows *ticket*: the form that a key asked for opens. */
  function opened(ticket) {
    if (pending?.[0] === ticket && drawer.ticket === ticket) drawer.panel.actions?.start(pending[1], pending[2]);
    pending = null;
  }

  /** The keys of steps, as keyboard() takes them. */
  const keys = {
    v: () => take('verify'), a: () => take('assign'), h: () => take('hold'), r: () => take('answer'),
    n: () => take('note'), g: () => take('merge'), d: () => take('reject', { class: 'junk' }),
  };
  return { take, opened, keys };
}
