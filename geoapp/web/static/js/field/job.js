/** One job, open: what, where, who reported, what happened; and the steps at the thumb. */

import { config, localName } from '../shared/config.js';
import { deadlineBadge, statusSign } from '../shared/deadline.js';
import { byId, el, icon } from '../shared/dom.js';
import { distance, moment, number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { photoPicker } from '../shared/photopick.js';
import { pictures } from '../shared/pictures.js';
import { draft, draftPhotos, forget, keepDraft, pending } from './kept.js';
import { unanswered, whyNot } from './net.js';
import { actionsOf, concerns, directions, happened, lastEvent, metres, others, reasonText } from './rules.js';
import { onItsWay, sendStep, stepOf } from './send.js';

const FORMS = { finish: 'text', cannot_do: 'reason' };
const MOST = { finish: 4000, cannot_do: 1000 };
const READY = ['field_reason_place', 'field_reason_tools', 'field_reason_private', 'field_reason_danger', 'field_reason_done', 'field_reason_other'];

const who = ({ label, name, role }) => {
  if (label === config.me.label) return t('field_you');
  return name ?? t(`field_actor_${['citizen', 'system', 'import', 'simulation'].includes(label) ? label : role ?? 'staff'}`);
};

/** What an event was, in words. */
export function eventWords({ kind, status, data, actor }) {
  if (kind === 'officer') {
    if (data.officer == null) return t('field_event_given_back');
    const how = actor?.label === `account:${data.officer}` ? 'taken' : 'given';
    const mine = data.officer === config.me.id;
    return t(`field_event_${how}${mine ? { taken: '_by_you', given: '_to_you' }[how] : ''}`);
  }
  if (kind === 'submitted') return t('status_submitted');
  if (status) return t(`status_${status}`);
  return t(`field_event_${kind}`);
}

const photosOf = (found, event) => pictures((found.photos ?? []).filter(({ event_id: id }) => id === event), found.ticket);

function eventRow(event, found) {
  const words = [event.data.text, event.data.reason].filter(Boolean).join('\n');
  return el('li', {}, icon(event.status ? `s-${event.status}` : 'i-right'),
    el('b', {}, eventWords(event)), el('time', {}, moment(event.at)),
    el('p', {}, who(event.actor), words ? el('span.words', {}, words) : null),
    photosOf(found, event.id));
}

function placeText(found) {
  const where = [found.kelurahan && t('kelurahan_short', { name: found.kelurahan.name }), found.kecamatan && t('kecamatan_short', { name: found.kecamatan.name })];
  return where.filter(Boolean).join(', ') || t('no_place');
}

function facts(found, at) {
  const rows = [['field_where', placeText(found)]];
  if (found.landmark) rows.push(['field_landmark', found.landmark]);
  if (found.geometry) {
    const [lon, lat] = found.geometry.coordinates;
    const far = at ? ` · ${distance(metres(at, { lon, lat })).replace(' ', '\u00a0')}` : '';
    rows.push(['field_point', `${number(lat, 5)}, ${number(lon, 5)}${found.accuracy_m ? ` (±${number(Math.round(found.accuracy_m))} m)` : ''}${far}`]);
  } else rows.push(['field_point', t(found.location_kind === 'area' ? 'field_only_area' : 'field_no_point')]);
  // Never a name: what the officer needs is whether somebody can be asked at all.
  rows.push(['field_reporter', [t(found.anonymous ? 'field_reporter_anonymous' : 'field_reporter_kept'), t(`field_channel_${found.channel}`)].join(' · ')]);
  rows.push(['field_officer', found.officer === null ? t('field_nobody') : found.officer.id === config.me.id ? t('field_you') : found.officer.name]);
  return el('dl.kv', {}, rows.flatMap(([key, value]) => [el('dt', {}, t(key)), el('dd', {}, value)]));
}

/**
 * @param {HTMLElement} section
 * @param {object} app
 * @param {() => object|null} app.at  where one stands
 * @param {() => void} app.back
 * @param {(words: string) => void} app.say
 * @param {() => object|null} app.next  the job to do after this one, if there is one
 * @param {(ticket: string) => void} app.open
 * @param {(ticket: string, found: object|null) => void} app.moved  a step happened; the new case, if known
 */
export function jobView(section, app) {
  let found = null;
  let form = null;
  let busy = false;
  let stale = false; // a step happened and the case it led to isn't here yet
  let note = null;
  let following = null; // the next job that is offered
  let picked = null; // {name, picker}: photos of the form that is or was open, kept with its draft

  const bar = (title) => el('div.f-bar', {},
    el('button.btn.quiet.icon', { type: 'button', 'aria-label': t('field_back'), onclick: app.back }, icon('i-back')),
    el('h2', { id: 'f-job-title', tabindex: '-1' }, title));

  function render() {
    const name = localName(found.service_name);
    // Done is said by the status already.
    const badge = ['resolved', 'closed'].includes(found.status) ? null : deadlineBadge(found.status, found.deadline.due_at, { full: true });
    section.replaceChildren(bar(name), el('div.f-scroll', {},
      el('p.f-number', {}, found.ticket, found.simulated ? el('span.tag.sim', {}, t('simulated')) : null),
      el('p.f-now', {}, statusSign(found.status), badge),
      found.description ? el('p.f-text', {}, found.description) : null,
      photosOf(found, null),
      facts(found, app.at()),
      el('h3', {}, t('field_history')),
      el('ol.tl', {}, found.timeline.filter(concerns).slice().reverse().map((event) => eventRow(event, found)))), foot());
  }

  function foot() {
    const waiting = pending(found.ticket);
    const held = busy || onItsWay(found.ticket);
    const children = [];
    if (note) children.push(el(`div.f-note.${note.kind}`, { role: 'alert' }, ...note.words));
    if (waiting) {
      // Taking it back is safe: had it happened, the next try finds that out.
      children.push(el('button.btn.big', { type: 'button', disabled: held, onclick: () => takeBack(waiting) }, t(FORMS[waiting.step] ? 'field_edit' : 'field_cancel')));
      children.push(el('button.btn.big.primary', { type: 'button', id: 'f-retry', disabled: held, onclick: () => send(waiting) }, t('field_retry', { step: t(`field_step_${waiting.step}`) })));
    } else if (form) children.push(stepForm(form));
    else {
      const [first, ...rest] = actionsOf(found).map(({ step }, index) => el(`button.btn.big${index ? '' : '.primary'}`, {
        type: 'button', dataset: { step }, disabled: held || stale, onclick: () => begin(step),
      }, t(`field_step_${step}`)));
      const point = found.geometry?.coordinates;
      const way = point ? el('a.btn.big', { href: directions(point), id: 'f-way', 'aria-label': t('field_directions') }, icon('i-nav')) : null;
      if (first) children.push(el('div.f-first', {}, way, first), rest.length ? el('div.f-more', {}, rest) : null);
      else {
        children.push(el('p.f-nothing', {}, t(['resolved', 'closed'].includes(found.status) ? 'field_is_done' : 'field_no_step')));
        following = app.next();
        if (following) children.push(el('button.btn.big.primary', { type: 'button', id: 'f-next', onclick: () => app.open(following) }, t('field_next')));
      }
    }
    return el('div.f-foot', {}, children.filter(Boolean));
  }

  const redraw = () => found && section.querySelector('.f-foot').replaceWith(foot());

  function takeBack({ ticket, step }) {
    forget(ticket, { drafts: false });
    note = null;
    app.waiting();
    if (FORMS[step] && possible(step)) begin(step);
    else redraw();
  }

  function begin(step) {
    note = null;
    if (!FORMS[step]) { send(stepOf(found, found.service_name, step)); return; }
    form = step;
    redraw();
    // Reasons are chosen before the keyboard covers them.
    (section.querySelector('[name="reason"]') ?? byId('f-words')).focus();
  }

  /** The photos of *step*: the same ones however often the form is drawn. */
  function photosFor(step) {
    const { ticket } = found;
    const name = `${ticket}/${step}`;
    if (picked?.name !== name) {
      leavePhotos();
      picked = { name, picker: photoPicker({
        hint: t(step === 'finish' ? 'photos_as_the_answer' : 'photos_internal'), big: true, place: 'geoapp-photos-field',
        kept: draft(ticket, step).photos, save: (photos) => keepDraft(ticket, step, { photos }), others: draftPhotos, say: app.say,
      }) };
    }
    return picked.picker;
  }

  /** Nothing is sent for a form that isn't shown; its draft keeps what it has. */
  function leavePhotos() {
    picked?.picker.end({ forget: false });
    picked = null;
  }

  function stepForm(step) {
    const typed = draft(found.ticket, step);
    const photos = photosFor(step);
    const keep = () => keepDraft(found.ticket, step, { text: area.value, chosen: node.querySelector(':checked')?.value ?? '' });
    const area = el('textarea', { id: 'f-words', rows: 3, maxlength: MOST[step], 'aria-describedby': 'f-words-error', oninput: keep });
    area.value = typed.text;
    const error = el('p.f-error', { id: 'f-words-error', hidden: true });
    const choices = step === 'cannot_do' ? el('fieldset.f-reasons', {}, el('legend', {}, t('field_why_not')),
      READY.map((key) => {
        const radio = el('input', { type: 'radio', name: 'reason', value: key, onchange: keep });
        radio.checked = typed.chosen === key;
        return el('label', {}, radio, el('span', {}, t(key)));
      })) : null;
    let waits = false; // until the photos have arrived
    const node = el('form.f-form', {
      onsubmit: async (event) => {
        event.preventDefault();
        if (waits) return;
        const chosen = node.querySelector(':checked')?.value ?? '';
        const ready = chosen && chosen !== 'field_reason_other' ? t(chosen) : '';
        const text = step === 'cannot_do' ? reasonText(ready, area.value) : area.value.trim();
        if (!text) {
          error.textContent = t(step === 'finish' ? 'field_say_done' : 'field_say_why');
          error.hidden = false;
          area.setAttribute('aria-invalid', 'true');
          area.focus();
          return;
        }
        waits = true;
        error.classList.add('plain');
        const arrived = await photos.arrived((words) => { error.textContent = words; error.hidden = false; });
        waits = false;
        error.classList.remove('plain');
        error.hidden = true;
        if (!arrived) return;
        const ids = photos.value();
        send(stepOf(found, found.service_name, step, { [FORMS[step]]: text, ...(ids.length ? { photos: ids } : {}) }));
      },
    },
    choices,
    el('label', { for: 'f-words' }, t(step === 'finish' ? 'field_what_done' : 'field_more_words'), el('small', {}, t(step === 'finish' ? 'field_done_public' : 'field_reason_internal'))),
    area, photos.node, error,
    el('div.f-more', {},
      el('button.btn.big', { type: 'button', onclick: () => { form = null; note = null; redraw(); section.querySelector(`[data-step="${step}"]`)?.focus(); } }, t('field_cancel')),
      el('button.btn.big.primary', { type: 'submit', disabled: busy }, t(`field_send_${step}`))));
    return node;
  }

  async function send(sent) {
    if (busy) return 'waiting';
    busy = true;
    note = { kind: 'plain', words: [t('field_sending')] };
    redraw();
    const result = await sendStep(sent);
    busy = false;
    if (found?.ticket === sent.ticket) tell(sent, result);
    else { app.settled(sent, result); redraw(); }
    return result.error?.status === 401 ? 'out' : result.outcome;
  }

  /** What became of a step of the job that is open. */
  function tell(sent, result) {
    note = null;
    if (result.outcome === 'done') {
      stale = true;
      did(sent.step);
      redraw();
      app.moved(sent.ticket, result.case ?? null);
      return;
    }
    if (result.outcome === 'waiting') {
      form = null;
      const out = result.error.status === 401;
      note = { kind: 'warn', words: [el('b', {}, t('field_not_sent')), el('span', {}, `${whyNot(result.error)} ${t(out ? 'field_sends_then' : 'field_kept')}`),
        out ? el('a.btn', { href: `${config.base}/login` }, t('field_sign_in')) : ''] };
      redraw();
      if (!document.activeElement || document.activeElement === document.body) byId('f-retry').focus();
      app.waiting();
    } else if (result.outcome === 'changed') changed(sent, result);
    else refused(sent, result.error);
  }

  function meanwhile([last]) {
    return last ? t('field_changed_by', { who: who(last.actor), what: eventWords(last), when: moment(last.at) }) : t('field_changed');
  }

  const wordsOf = (step) => draft(found.ticket, step).text;
  const possible = (step) => actionsOf(found).some((one) => one.step === step);

  /** Somebody was faster: who, what, when; what was typed stays. */
  function changed(sent, { case: fresh, others: since }) {
    found = fresh;
    const words = meanwhile(since);
    const step = form ?? (FORMS[sent.step] ? sent.step : null);
    const typed = step ? wordsOf(step) : '';
    if (step && !possible(step)) {
      form = null;
      note = { kind: 'warn', words: [el('b', {}, words), el('span', {}, t('field_not_possible')), typed ? el('blockquote', {}, typed) : ''] };
    } else {
      form = step;
      note = { kind: 'warn', words: [el('b', {}, words), el('span', {}, t('field_look_again'))] };
    }
    render();
    app.refreshed(found);
  }

  function refused(sent, error) {
    const text = error.fields?.some(({ field }) => field === FORMS[sent.step]);
    const words = text ? t(sent.step === 'finish' ? 'field_say_done' : 'field_say_why') : whyNot(error);
    const way = error.status === 401 ? el('a.btn', { href: `${config.base}/login` }, t('field_sign_in')) : '';
    if (FORMS[sent.step] && possible(sent.step)) form = sent.step;
    note = { kind: 'warn', words: [el('b', {}, words), way] };
    redraw();
  }

  /** A step whose answer was lost may show in the case itself: then there is nothing to send again. */
  function settle(fresh) {
    const waiting = pending(fresh.ticket);
    if (busy || !waiting || !happened(fresh, waiting, config.me)) return null;
    forget(fresh.ticket);
    app.waiting();
    return did(waiting.step);
  }

  function did(step) {
    form = null;
    if (picked) picked.picker.sent();
    leavePhotos();
    app.say(t(`field_did_${step}`));
    note = { kind: 'plain', words: [t(`field_did_${step}`)] };
    return note;
  }

  return {
    get ticket() { return found?.ticket ?? null; },
    get busy() { return busy; },
    /** Send what is kept for the open job; answers the outcome. */
    resend: () => send(pending(found.ticket)),
    tell,
    /** The list is new: what comes next may be another job. */
    listed() {
      if (section.querySelector('.f-nothing') && app.next() !== following) redraw();
    },
    /** The open job left one's sight. Answers whether words typed for it must be shown first. */
    gone() {
      if (found.gone) return true;
      const words = Object.keys(FORMS).map(wordsOf).find(Boolean);
      if (!words) return false;
      form = null;
      found = { ...found, actions: [], gone: true };
      note = { kind: 'warn', words: [el('b', {}, t('field_not_yours')), el('span', {}, t('field_not_possible')), el('blockquote', {}, words)] };
      redraw();
      return true;
    },
    show(fresh) {
      const other = found?.ticket !== fresh.ticket;
      // A form is never pulled away from under somebody's thumb while it can still be sent.
      if (!other && (busy || (form && actionsOf(fresh).some(({ step }) => step === form)))) return;
      stale = false;
      const settled = settle(fresh);
      const same = !other && fresh.version === found.version && fresh.timeline.length === found.timeline.length;
      const since = other || same ? [] : others(fresh, lastEvent(found), config.me);
      if (same && !settled) { found = fresh; return; }
      if (form && !other) { changed({ ticket: fresh.ticket }, { case: fresh, others: since }); return; }
      found = fresh;
      if (since.length && !settled && !pending(fresh.ticket)) note = { kind: 'plain', words: [meanwhile(since)] };
      const scrolled = other ? 0 : section.querySelector('.f-scroll')?.scrollTop ?? 0;
      if (other) {
        form = null;
        note = settled;
        // A step typed before a reload is taken up again.
        const begun = (step) => draft(fresh.ticket, step).text || draft(fresh.ticket, step).photos.length;
        const typed = Object.keys(FORMS).find((step) => begun(step) && actionsOf(fresh).some((one) => one.step === step));
        if (typed && !pending(fresh.ticket)) form = typed;
        const left = Object.keys(FORMS).map(wordsOf).find(Boolean);
        if (left && !typed && !settled) note = { kind: 'warn', words: [el('span', {}, t('field_not_possible')), el('blockquote', {}, left)] };
        if (pending(fresh.ticket)) note = { kind: 'warn', words: [el('b', {}, t('field_not_sent')), el('span', {}, t('field_kept'))] };
      }
      section.hidden = false;
      render();
      section.querySelector('.f-scroll').scrollTop = scrolled;
      if (other) byId('f-job-title').focus({ preventScroll: true });
    },
    loading(name) {
      section.hidden = false;
      section.replaceChildren(bar(name ?? ''), el('div.f-scroll', {}, el('span.skeleton.wide'), el('span.skeleton.narrow'), el('span.skeleton.wide')));
      found = null;
    },
    failed(error, again) {
      section.hidden = false;
      section.replaceChildren(bar(t('field_job_failed')), el('div.f-scroll', {}, el('div.f-note.warn', { role: 'alert' },
        el('b', {}, whyNot(error)), unanswered(error) ? el('button.btn', { type: 'button', onclick: again }, t('try_again')) : '')));
    },
    hide() {
      section.hidden = true;
      section.replaceChildren();
      leavePhotos();
      found = form = note = null;
    },
  };
}
