/** Who sees what, told as the boxes are ticked; and how the city may reach the sender. */

import { config } from '../shared/config.js';
import { byId, el } from '../shared/dom.js';
import { moment, number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { looksLikeEmail } from './notify.js';
import { photoTime } from './offer.js';

const FIELDS = ['name', 'email', 'phone'];

/**
 * What each of three kinds of readers sees of a report, as keys of sentences.
 *
 * @param {{anonymous: boolean, confidential: boolean}} flags
 * @returns {{public: string, agency: string, city: string}}
 */
export function whoSees({ anonymous, confidential }) {
  return {
    public: confidential ? 'sees_public_confidential' : 'sees_public',
    agency: anonymous ? 'sees_agency_anonymous' : 'sees_agency',
    city: 'sees_city',
  };
}

/**
 * What is wrong with a contact as typed, by field; {} when it will do.
 *
 * @param {{name: string, email: string, phone: string}} contact
 * @returns {Record<string, string>}  keys of sentences
 */
export function contactProblems({ email, phone }) {
  const problems = {};
  if (email.trim() && !looksLikeEmail(email.trim())) problems.email = 'notify_email_wrong';
  const digits = phone.replace(/[\s().-]/g, '');
  if (digits && !/^(\+|0)?\d{7,15}$/.test(digits)) problems.phone = 'report_phone_wrong';
  return problems;
}

/**
 * The part of the description's screen about people.
 *
 * @param {object} app  what the screens share, see main.js
 */
export function peoplePart(app) {
  const anonymous = byId('describe-anonymous');
  const confidential = byId('describe-confidential');
  const seen = byId('describe-seen');
  const details = byId('describe-contact');
  const inputs = Object.fromEntries(FIELDS.map((field) => [field, byId(`contact-${field}`)]));

  for (const box of [anonymous, confidential]) {
    box.addEventListener('change', () => {
      app.save({ anonymous: anonymous.checked, confidential: confidential.checked });
      showSeers();
    });
  }
  seen.addEventListener('change', () => app.save({ seen_as_photo: seen.checked }));
  for (const field of FIELDS) {
    inputs[field].addEventListener('input', () => {
      app.save({ contact: { ...app.draft.contact, [field]: inputs[field].value } });
      delete app.refused[`contact.${field}`];
      if (!problemOf(field)) setError(field, '');
    });
  }

  function problemOf(field) {
    const own = contactProblems(app.draft.contact)[field];
    return app.refused[`contact.${field}`] ?? (own ? t(own) : '');
  }

  function setError(field, text) {
    const node = byId(`contact-${field}-error`);
    node.textContent = text;
    node.hidden = !text;
    if (text) inputs[field].setAttribute('aria-invalid', 'true');
    else inputs[field].removeAttribute('aria-invalid');
  }

  function showSeers() {
    const within = app.service()?.shown_within_m ?? 0;
    const keys = whoSees(app.draft);
    const place = within ? t('sees_place_near', { n: number(within) }) : t('sees_place');
    byId('describe-seers').replaceChildren(...[['public', 'i-globe'], ['agency', 'i-people'], ['city', 'i-lock']].flatMap(([who]) => [
      el('dt', {}, t(`seer_${who}`)), el('dd', {}, t(keys[who], { place })),
    ]));
    byId('contact-who').textContent = t(app.draft.anonymous ? 'report_contact_who_anonymous' : 'report_contact_who');
  }

  return {
    enter() {
      const { draft } = app;
      anonymous.checked = draft.anonymous;
      confidential.checked = draft.confidential;
      const time = photoTime(draft);
      byId('describe-seen-row').hidden = !time;
      if (time !== draft.observed_at) app.save({ observed_at: time, seen_as_photo: draft.seen_as_photo && Boolean(time) });
      seen.checked = draft.seen_as_photo;
      byId('describe-seen-text').textContent = time ? t('report_seen_as_photo', { moment: moment(time, true) }) : '';
      for (const field of FIELDS) {
        inputs[field].value = draft.contact[field];
        setError(field, app.refused[`contact.${field}`] ?? '');
      }
      details.open ||= FIELDS.some((field) => draft.contact[field] || app.refused[`contact.${field}`]);
      byId('contact-kept').textContent = t(config.contact?.notices ? 'report_contact_kept_mail' : 'report_contact_kept', { n: number(config.contact?.days ?? 365) });
      showSeers();
    },
    /** Show what is wrong; the first field with a problem, or null. */
    check() {
      let first = null;
      for (const field of FIELDS) {
        const problem = problemOf(field);
        setError(field, problem);
        if (problem) first ??= inputs[field];
      }
      if (first) details.open = true;
      return first;
    },
  };
}
