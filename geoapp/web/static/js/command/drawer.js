/** The open complaint beside the map: its photos, its history, why its agency, and every step the viewer may take. */

import { byId, el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { Drawer } from '../work/drawer.js';
import { taker } from '../work/take.js';

const TICK_MS = 30_000;

/** The complaint of the row that has the focus. */
export const focusedTicket = () => document.activeElement?.closest('[data-ticket]')?.dataset.ticket ?? null;

export function mount(context) {
  const { state, on, announcer } = context;
  const say = (words) => announcer.say(words);
  const node = byId('drawer');

  /** The list of which the open complaint is one: where the next one is looked for. */
  const beside = () => (byId('complaints').hidden ? context.activity : context.list);
  const step = (by) => {
    const ticket = beside().step(by);
    if (ticket && state.get().open) context.open(ticket);
  };

  const drawer = new Drawer(node, {
    onClose: () => context.open(null),
    onStep: step,
    onShown: ({ lon, lat, group }) => {
      const place = lon == null ? null : [lon, lat];
      context.layers?.select(place, group);
      if (place) context.view?.reveal(place);
    },
    onDone: ({ ticket, step: done, other }) => {
      say(t('step_done', { step: t(`step_${done}`), ticket }));
      context.refresh();
      if (other) context.open(other);
    },
    onGone: (words, typed) => {
      context.open(null);
      context.showDesk('complaints', false);
      context.bulk.tell(el('div', {}, el('b', {}, words), typed ? el('p', {}, t('typed_was')) : null, typed ? el('p.typed', { dir: 'auto' }, typed) : null));
      context.refresh();
    },
    onLost: () => beside().nodes.list.querySelector('a')?.focus({ preventScroll: true }),
  });
  // A key means what the eyes are on: never a row, or a selection, that is out of sight.
  const steps = taker({
    list: context.list, bulk: context.bulk, drawer, say, open: context.open, current: focusedTicket,
    many: () => !byId('complaints').hidden && !node.contains(document.activeElement),
  });
  Object.assign(context, { drawer, steps, step });

  state.on('open', async () => {
    const { open } = state.get();
    if (!open) context.layers?.select(null);
    await drawer.show(open);
    steps.opened(open);
  });
  on('complaint', (event, judged) => { if (judged === 'flood' || event.complaint.ticket === drawer.ticket) drawer.refresh(); });
  on('retraction', ({ ticket }) => { if (ticket === drawer.ticket) drawer.refresh(); });
  for (const news of ['refresh', 'boundaries']) on(news, () => { if (!drawer.panel.actions?.sending) drawer.refresh(); });
  setInterval(() => drawer.panel.tick(), TICK_MS);
  if (state.get().open) drawer.show(state.get().open, true);
  return {
    close: () => {
      if (node.hidden) return false;
      if (drawer.panel.actions?.form) drawer.panel.actions.cancel();
      else context.open(null);
      return true;
    },
  };
}
