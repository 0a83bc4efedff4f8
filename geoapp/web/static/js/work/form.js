import { config } from '../shared/config.js';
import { el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { agencyField, authorityField, leadField, officerField, photosField, reasonField, rejectField, serviceField, textField } from './fields.js';
import { problem, signInAgain } from './problems.js';

/** Steps that are done at once: nothing has to be said. */
export const immediate = (needs, optional = []) => needs.length === 0 && optional.length === 0;

function fieldsOf(step, needs, optional, facts) {
  if (step === 'reject') return [rejectField()];
  const made = [];
  const asked = (name) => needs.includes(name) || optional.includes(name);
  if (asked('service')) made.push(serviceField());
  if (asked('lead')) made.push(leadField(facts));
  if (asked('officer')) made.push(officerField(facts));
  if (asked('agency')) made.push(agencyField(facts, !needs.includes('agency')));
  if (asked('authority')) made.push(authorityField());
  if (asked('text')) made.push(textField(step, facts));
  if (asked('reason')) made.push(reasonField(step, !needs.includes('reason')));
  // A photo belongs to one case.
  if (asked('photos') && facts?.ticket) made.push(photosField(step));
  const agency = made.find((field) => field.name === 'agency');
  const reason = made.find((field) => field.name === 'reason');
  if (step === 'assign' && agency && reason) {
    // Only who sends it elsewhere has to say why.
    const look = () => { reason.node.hidden = !agency.value(); };
    agency.control.addEventListener('input', look);
    look();
    reason.needed = () => Boolean(agency.value());
  }
  return made;
}

/**
 * The form of one step: exactly what it needs, and what went wrong beside it.
 *
 * @param {{step: string, needs: string[], optional?: string[]}} action
 * @param {{facts: object|null, count?: number, values?: object, onSend: (values: object) => Promise<void>, onCancel: () => void, onReload?: () => void}} options
 *   *facts* of the one complaint, null for many; onSend rejects with an ApiError
 */
export function stepForm(action, { facts, count = 1, values = {}, onSend, onCancel, onReload = null }) {
  const { step, needs } = action;
  const fields = fieldsOf(step, needs, action.optional ?? [], facts);
  const button = el('button.btn.primary', { type: 'submit' }, count > 1 ? t('do_for_many', { step: t(`step_${step}`), n: count }) : t(`step_${step}`));
  const failed = el('div.failed', { role: 'alert', hidden: true });
  const node = el('form.step-form', { novalidate: true, 'aria-label': t(`step_${step}`), dataset: { step } },
    el('h3', { tabindex: '-1' }, t(`step_${step}`)), t(`about_${step}`) === `about_${step}` ? null : el('p.hint', {}, t(`about_${step}`)),
    fields.map((field) => field.node), failed,
    el('div.acts', {}, button, el('button.btn.quiet', { type: 'button', onclick: onCancel }, t('cancel'))));
  for (const field of fields) if (values[field.name]) field.set(values[field.name]);
  if (values.class) fields[0]?.choose?.(values.class);

  const read = () => {
    const found = {};
    for (const field of fields) {
      const value = field.value();
      if (value !== '') found[field.name] = value;
      Object.assign(found, field.more?.() ?? {});
    }
    return found;
  };

  function complete() {
    const missing = fields.filter((field) => (field.needed ? field.needed() : !field.optional) && field.value() === '');
    for (const field of missing) field.invalid(t('field_missing'));
    missing[0]?.control?.focus();
    return missing.length === 0;
  }

  async function fail(error) {
    const named = new Map((error.fields ?? []).map((fault) => [fault.field, fault.message]));
    for (const field of fields) if (named.has(field.name)) field.invalid(config.lang === 'en' ? named.get(field.name) : t(`refused_${field.name}`));
    const changed = error.code === 'changed_meanwhile';
    const words = await problem(error, { step, ticket: facts?.ticket ?? null });
    failed.replaceChildren(...(changed && onReload
      ? [el('b', {}, t('changed_since')), el('p', {}, words), el('p', {}, t('typed_is_kept')), el('button.btn', { type: 'button', onclick: onReload }, t('load_newest'))]
      : [el('b', {}, words), signInAgain(error)].filter(Boolean)));
    failed.classList.toggle('changed', changed);
    failed.hidden = false;
  }

  /** The case has changed under the form: say who did what; the next try is made with the new state. */
  function tell(newest) {
    failed.replaceChildren(el('b', {}, t(newest?.own ? 'changed_since' : 'changed_meanwhile')), ...[newest?.words, t('typed_is_kept')].filter(Boolean).map((text) => el('p', {}, text)));
    failed.classList.add('changed');
    failed.hidden = false;
  }

  const photos = fields.find((field) => field.name === 'photos');
  const waiting = (words) => { failed.replaceChildren(el('b', {}, words)); failed.classList.add('changed'); failed.hidden = false; };

  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    failed.hidden = true;
    if (button.disabled || !complete()) return;
    button.disabled = true;
    try {
      if (photos && !(await photos.arrived(waiting))) { failed.hidden = true; return; }
      failed.hidden = true;
      await onSend(read());
    } catch (error) {
      await fail(error);
    } finally {
      button.disabled = false;
    }
  });
  return {
    node, step, read, fail, tell,
    choose: (name) => fields[0]?.choose?.(name),
    focus: () => (fields[0] ?? { focus: () => button.focus() }).focus(),
    /** It is done: the photos belong to the case. */
    sent: () => photos?.sent(),
    /** The form is left: what was picked for it is taken back. */
    end: () => photos?.end(),
  };
}
