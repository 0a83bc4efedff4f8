/** What was done with groups of likely duplicates: a line where each stood, and the way back. */

import { address } from '../shared/api.js';
import { config } from '../shared/config.js';
import { el, icon } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { problem } from './problems.js';
import { send } from './shared/api.js';

const link = (ticket) => el('a', { href: `${config.base}/case/${encodeURIComponent(ticket)}` }, ticket);

/** The text of *key* with links in the place of tickets. */
function linked(key, tickets) {
  const marks = Object.fromEntries(Object.keys(tickets).map((name) => [name, `\u0000${name}\u0000`]));
  return t(key, marks).split('\u0000').flatMap((part, at) => (at % 2 ? tickets[part].flatMap((ticket, nth) => [nth ? ', ' : null, link(ticket)]) : part));
}

/**
 * Lines that stay until the page is left, each before the group that followed it.
 *
 * @param {HTMLElement} list with groups (.dup) and lines (.dup-done)
 * @param {{say: (words: string) => void, undone: () => void}} on
 */
export function doneLines(list, on) {
  const lines = []; // {node, key, before}: in the order they stand in

  /** Where the line of the group that is drawn as *node* belongs. */
  function remember(node, line) {
    let next = node.nextElementSibling;
    const after = next?.classList.contains('dup-done') ? lines.findIndex((one) => one.node === next) : lines.length;
    while (next && !next.classList.contains('dup')) next = next.nextElementSibling;
    const made = { node: line, key: node.dataset.key, before: next?.dataset.key ?? null };
    lines.splice(after, 0, made);
    return made;
  }

  function merged(node, lead, done) {
    const tickets = done.map((one) => one.ticket);
    const words = el('p', {}, icon('i-check'), el('span', {}, linked('dup_merged', { tickets, ticket: [lead] })));
    const back = el('button.btn', { type: 'button', 'aria-expanded': 'false', onclick: ask }, t('dup_undo'));
    const reason = el('input', { type: 'text', id: `why-${tickets[0]}`, maxlength: 500, required: true, value: t('ready_unmerge') });
    const fault = el('p.dup-told', { role: 'alert' });
    const form = el('form', { hidden: true, onsubmit: undo },
      el('label', { for: reason.id }, t('dup_undo_why')), reason,
      el('div', {}, el('button.btn.primary', { type: 'submit' }, t('step_unmerge')), el('button.btn.quiet', { type: 'button', onclick: close }, t('cancel'))), fault);
    const line = el('div.dup-done', { tabindex: '-1' }, words, back, form);
    const made = remember(node, line);

    function ask() {
      form.hidden = false;
      back.hidden = true;
      reason.focus();
      reason.select();
    }
    function close() {
      form.hidden = true;
      back.hidden = false;
      back.focus();
    }
    async function undo(event) {
      event.preventDefault();
      if (line.getAttribute('aria-busy')) return;
      line.setAttribute('aria-busy', 'true');
      fault.textContent = '';
      while (done.length) {
        const { ticket, version } = done[0];
        try {
          await send(address(`/api/v1/work/complaints/${encodeURIComponent(ticket)}/steps`), { step: 'unmerge', version, reason: reason.value.trim() });
        } catch (error) {
          fault.textContent = `${ticket}: ${await problem(error, { step: 'unmerge', ticket })}`;
          line.removeAttribute('aria-busy');
          return;
        }
        done.shift();
      }
      line.removeAttribute('aria-busy');
      line.replaceChildren(el('p', {}, icon('i-check'), el('span', {}, tickets.flatMap((ticket) => [...linked('dup_undone', { ticket: [ticket] }), ' ']))));
      line.focus({ preventScroll: true });
      on.say(tickets.map((ticket) => t('dup_undone', { ticket })).join(' '));
      on.undone(made);
    }
  }

  function parted(node, one, other) {
    remember(node, el('div.dup-done', { tabindex: '-1' }, el('p', {}, icon('i-check'), el('span', {}, linked('dup_parted', { one: [one], other: [other] })))));
  }

  /** Groups as they are drawn, with the lines among them. */
  function among(nodes) {
    const there = new Set(nodes.map((node) => node.dataset.key));
    const place = (key) => { // the first group after it that is still there
      const seen = new Set();
      let at = key;
      while (at && !there.has(at) && !seen.has(at)) {
        seen.add(at);
        at = lines.find((one) => one.key === at)?.before ?? null;
      }
      return there.has(at) ? at : null;
    };
    const of = (key) => lines.filter((one) => place(one.before) === key).map((one) => one.node);
    return [...nodes.flatMap((node) => [...of(node.dataset.key), node]), ...of(null)];
  }

  return { merged, parted, among };
}
