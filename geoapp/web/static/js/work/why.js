import { el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';

let numbers = 0;

/**
 * A small form that asks for a reason before something is done: a text, with ready ones to start from.
 *
 * @param {{title: string, about: string, label: string, ready: string[], act: string, least: number, tooShort: string,
 *   onSend: (reason: string) => Promise<void>, words: (error: Error) => Promise<Array<string|Node|null>>, onCancel: () => void}} asked
 *   *onSend* rejects with an ApiError, which *words* puts into sentences
 */
export function askWhy({ title, about, label, ready, act, least, tooShort, onSend, words, onCancel }) {
  const id = `why-${++numbers}`;
  const text = el('textarea', { id, rows: 2, maxlength: 200, spellcheck: 'true', 'aria-describedby': `${id}-wrong` });
  const wrong = el('p.wrong', { id: `${id}-wrong`, hidden: true });
  const failed = el('div.failed', { role: 'alert', hidden: true });
  const button = el('button.btn.primary', { type: 'submit' }, act);
  const fault = (said) => {
    wrong.textContent = said ?? '';
    wrong.hidden = !said;
    if (said) text.setAttribute('aria-invalid', 'true');
    else text.removeAttribute('aria-invalid');
  };
  text.addEventListener('input', () => fault(null));
  const use = (reason) => { text.value = reason; fault(null); text.focus(); };
  return el('form.step-form.why-form', {
    novalidate: true,
    'aria-label': title,
    onsubmit: async (event) => {
      event.preventDefault();
      const reason = text.value.trim();
      if (button.disabled) return;
      if (reason.length < least) { fault(tooShort); text.focus(); return; }
      button.disabled = true;
      failed.hidden = true;
      try {
        await onSend(reason);
      } catch (error) {
        failed.replaceChildren(...(await words(error)).filter(Boolean).map((part) => (typeof part === 'string' ? el('b', {}, part) : part)));
        failed.hidden = false;
      } finally {
        button.disabled = false;
      }
    },
    onkeydown: (event) => { if (event.key === 'Escape') { event.stopPropagation(); onCancel(); } },
  },
  el('h3', {}, title), el('p.hint', {}, about),
  el('div.field', {}, el('label', { for: id }, label), text, wrong,
    el('div.ready-words', { role: 'group', 'aria-label': t('ready_reasons') }, ready.map((reason) => el('button.chip', { type: 'button', onclick: () => use(reason) }, reason)))),
  failed,
  el('div.acts', {}, button, el('button.btn.quiet', { type: 'button', onclick: onCancel }, t('cancel'))));
}
