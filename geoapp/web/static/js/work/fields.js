import { address, getJson } from '../shared/api.js';
import { config, localName } from '../shared/config.js';
import { el } from '../shared/dom.js';
import { distance } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { photoPicker } from '../shared/photopick.js';
import { once } from '../map/rules.js';
import { sameAsTemplate, work } from './rules.js';

/**
 * The fields of a step's form. Each is {name, node, value(), set(value), invalid(words|null), focus()}.
 * Labels stand above their control; what is wrong stands below it and is tied to it.
 */

let numbers = 0;

const templates = once(async () => (await getJson(address('/api/v1/work/templates'))).templates, []);
const services = once(async () => (await getJson(address('/api/v1/services'))).services, []);

/** Wrap *control* with its label, a hint and room for what is wrong. */
function field(name, label, control, { hint = null, extra = [], optional = false } = {}) {
  const id = `f-${name}-${++numbers}`;
  control.id = id;
  control.name = name;
  const wrong = el('p.wrong', { id: `${id}-wrong`, hidden: true });
  control.setAttribute('aria-describedby', `${id}-wrong`);
  const node = el(`div.field`, {}, el('label', { for: id }, label, optional ? el('span.muted', {}, ` ${t('optional')}`) : null), hint ? el('p.hint', {}, hint) : null, control, wrong, extra);
  const invalid = (words) => {
    wrong.hidden = !words;
    wrong.textContent = words ?? '';
    if (words) control.setAttribute('aria-invalid', 'true');
    else control.removeAttribute('aria-invalid');
  };
  control.addEventListener('input', () => invalid(null));
  return {
    name, node, control, optional, invalid,
    value: () => control.value.trim(),
    set: (value) => { control.value = value ?? ''; control.dispatchEvent(new Event('input')); },
    focus: () => control.focus(),
  };
}

const select = (options) => el('select', {}, options.map(([value, text]) => el('option', { value }, text)));
const area = (rows) => el('textarea', { rows, maxlength: 2000, spellcheck: 'true' });

/** A reason, with ready ones to start from. Public ones are shown as the reporter will read them. */
export function reasonField(step, optional = false) {
  const control = area(2);
  const ready = (t(`ready_${step}`) === `ready_${step}` ? '' : t(`ready_${step}`)).split('|').filter(Boolean);
  const open = ['hold', 'reject', 'out_of_authority'].includes(step);
  const made = field('reason', t('field_reason'), control, {
    optional,
    hint: t(open ? 'reason_is_public' : 'reason_is_internal'),
    extra: ready.length ? [el('div.ready-words', { role: 'group', 'aria-label': t('ready_reasons') }, ready.map((words) => el('button.chip', { type: 'button', onclick: () => { made.set(words); control.focus(); } }, words)))] : [],
  });
  return made;
}

/** Why a complaint is put aside: the class, each with a sentence to start from. */
export function rejectField() {
  const reason = reasonField('reject');
  const classes = ['junk', 'too_general', 'not_a_complaint', 'other'];
  const group = el('fieldset.choices', {}, el('legend', {}, t('field_class')), classes.map((name) => el('label', {},
    el('input', { type: 'radio', name: 'class', value: name, onchange: () => suggest(name) }), t(`class_${name}`))));
  const own = () => !reason.value() || classes.some((name) => reason.value() === t(`class_${name}_words`));
  const suggest = (name) => { if (own()) reason.set(name === 'other' ? '' : t(`class_${name}_words`)); };
  const chosen = () => group.querySelector('input:checked')?.value ?? 'other';
  return {
    ...reason,
    node: el('div', {}, group, reason.node),
    more: () => ({ class: chosen() }),
    choose: (name) => { const box = group.querySelector(`input[value="${CSS.escape(name)}"]`); if (box) { box.checked = true; suggest(name); } },
    focus: () => (group.querySelector('input:checked') ?? group.querySelector('input')).focus(),
  };
}

/** What the public reads: a text, for answers with templates to start from and a preview. */
export function textField(step, facts) {
  if (step !== 'answer' && step !== 'finish') {
    return field('text', t(`field_text_${step}`), area(3), { hint: step === 'note' ? t('note_is_internal') : null });
  }
  const control = area(4);
  const picker = select([['', t('template_none')]]);
  const bare = el('p.hint.bare', { role: 'status', hidden: true }, t('template_alone'));
  const preview = el('p', { dir: 'auto' });
  const shown = el('div.preview', { hidden: true }, el('b', {}, t('preview')), preview, el('span.muted', {}, facts?.agency ?? ''));
  let known = [];
  // An answer in one's own words may still promise nothing; who writes it knows.
  const normative = el('input', { type: 'checkbox' });
  const merely = step === 'answer' ? [el('label.tick', {}, normative, t('answer_normative'))] : [];
  const made = field('text', t(`field_text_${step}`), control, { hint: t('answer_is_public'), extra: [bare, ...merely, shown] });
  const look = () => {
    preview.textContent = control.value;
    shown.hidden = !control.value.trim();
    bare.hidden = !sameAsTemplate(control.value, known);
  };
  control.addEventListener('input', look);
  const id = `f-template-${++numbers}`;
  picker.id = id;
  picker.addEventListener('change', () => {
    const template = known.find((one) => String(one.id) === picker.value);
    if (template) { made.set(template.body); control.focus(); control.setSelectionRange(control.value.length, control.value.length); }
  });
  templates().then((found) => {
    known = found.filter((one) => !one.retired_at && (!one.agency || !facts?.agency_code || (one.agency.code ?? one.agency) === facts.agency_code));
    picker.append(...known.map((one) => el('option', { value: one.id }, one.name)));
    look();
  });
  if (step === 'answer') made.node.prepend(el('div.field', {}, el('label', { for: id }, t('field_template')), picker));
  return {
    ...made,
    more: () => (step === 'answer' ? { ...(picker.value ? { template: Number(picker.value) } : {}), ...(normative.checked ? { class: 'normative' } : {}) } : {}),
    choose: (name) => { normative.checked = name === 'normative'; },
  };
}

/** Another agency. With *stay* the present one may be kept, and a reason is asked for when it isn't. */
export function agencyField(facts, stay) {
  const others = work().agencies.filter((agency) => agency.code !== facts?.agency_code);
  const first = stay ? [['', facts?.agency ? t('agency_stay', { agency: facts.agency }) : t('agency_decided')]] : [['', t('please_choose')]];
  return field('agency', t('field_agency'), select([...first, ...others.map((agency) => [agency.code, agency.name])]), { optional: stay });
}

/** Somebody of the agency who does the work. */
export function officerField(facts) {
  const control = select([['', t('please_choose')]]);
  getJson(address('/api/v1/work/officers', { agency: facts?.agency_code })).then((found) => {
    const people = Array.isArray(found) ? found : found.officers;
    control.append(...people.map((one) => el("option", { value: one.id }, one.name)));
    if (!people.length) control.options[0].textContent = t('officers_none');
  }).catch(() => { control.options[0].textContent = t('list_failed'); });
  const made = field('officer', t('field_officer'), control);
  return { ...made, value: () => (control.value ? Number(control.value) : '') };
}

/** A kind of problem of the catalogue, for the part that is split off. */
export function serviceField() {
  const control = select([['', t('please_choose')]]);
  services().then((found) => {
    for (const group of config.groups ?? []) {
      const inside = found.filter((service) => service.group === group.code);
      if (inside.length) control.append(el('optgroup', { label: localName(group.name) }, inside.map((service) => el('option', { value: service.code }, localName(service.name)))));
    }
  });
  return field('service', t('field_service'), control);
}

export const authorityField = () => field('authority', t('field_authority'), el('input', { type: 'text', maxlength: 120 }), { hint: t('authority_hint') });

/** The complaint this one repeats: by number, or one of those nearby. */
export function leadField(facts) {
  const control = el('input', { type: 'text', maxlength: 20, autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false' });
  const near = el('div.near');
  const made = field('lead', t('field_lead'), control, { hint: t('lead_hint'), extra: [near] });
  const value = () => control.value.trim().toUpperCase();
  if (facts?.lon != null) {
    getJson(address('/api/v1/work/complaints', { near: `${facts.lon},${facts.lat}`, within_m: 300, sort: 'near', status: 'open', limit: 8 })).then(({ features }) => {
      const others = features.map((feature) => feature.properties).filter((one) => one.ticket !== facts.ticket).slice(0, 5);
      if (!others.length) { near.append(el('p.hint', {}, t('near_none'))); return; }
      near.append(el('p.hint', {}, t('near_title')), el('ul', {}, others.map((one) => el('li', {}, el('button.pick', {
        type: 'button', onclick: () => { made.set(one.ticket); },
      }, el('b', {}, localName(one.service_name)), el('span.muted', {}, [one.ticket, one.distance_m != null ? distance(one.distance_m) : null, t(`status_${one.status}`)].filter(Boolean).join(' · ')), el('span.words', { dir: 'auto' }, one.description ?? ''))))));
    }).catch(() => {});
  }
  return { ...made, value };
}

/** Photos of what was done, or for colleagues; sent while the rest is being typed. */
export function photosField(step) {
  const picker = photoPicker({ hint: t(['answer', 'finish'].includes(step) ? 'photos_as_the_answer' : 'photos_internal') });
  return { ...picker, name: 'photos', optional: true, set: () => {}, value: () => { const ids = picker.value(); return ids.length ? ids : ''; } };
}
