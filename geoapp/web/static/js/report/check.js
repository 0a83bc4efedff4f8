/** Fourth step: everything once more, then send. A failure loses nothing. */

import { address, ApiError, postJson } from '../shared/api.js';
import { localName } from '../shared/config.js';
import { byId, el } from '../shared/dom.js';
import { moment, number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { nextAttempt, randomKey } from './draft.js';
import { screenOfField } from './flow.js';
import { masked } from './notify.js';
import { photoStrip } from './photo.js';
import { keepSent } from './sent.js';
import { locatedRows } from './where.js';
import { answerRows, dueFromNow, placeRows } from './words.js';

const REFUSED = {
  service: 'report_refused_service',
  kelurahan: 'report_refused_kelurahan',
  description: 'report_refused_text',
  landmark: 'report_refused_text',
  observed_at: 'report_refused_seen',
  'contact.email': 'notify_email_wrong',
  'contact.phone': 'report_phone_wrong',
  'contact.name': 'report_name_wrong',
};

/** Why a field was refused, as a sentence for people; the API's own words are for programs. */
function refusedText({ field }, error) {
  if (field.startsWith('photos')) return t('report_refused_photos');
  return field in REFUSED ? t(REFUSED[field]) : error.message;
}

/**
 * @param {object} app  what the screens share, see main.js
 */
export function checkScreen(app) {
  const promise = byId('check-promise');
  const rows = byId('check-rows');
  const failed = byId('check-failed');
  const button = byId('check-send');
  const uploads = byId('check-uploads');
  let sending = false;
  let waiting = false;
  /** Sent as soon as the photos are there. */
  let holding = false;
  let refusedBefore = 0;
  let shown = '';

  button.addEventListener('click', press);
  byId('check-without').addEventListener('click', () => {
    app.photos.skip();
    holding = false;
    send();
  });
  // What failed for want of a connection goes out by itself, as long as this screen is open.
  window.addEventListener('online', () => {
    if (waiting && app.current === 'check') press();
  });

  /** Send, once the photos that are under way have arrived. */
  function press() {
    if (sending || holding) return;
    holding = app.photos.underWay().length > 0;
    refusedBefore = app.photos.refused().length;
    if (holding) failed.hidden = true;
    else send();
    showUploads();
  }

  /** How far the photos are, while the report waits for them. */
  function showUploads() {
    const under = app.photos.underWay();
    uploads.hidden = !holding;
    if (!holding) return;
    const counted = app.photos.list.filter((photo) => !photo.skipped && !['refused', 'gone'].includes(photo.state));
    const bytes = counted.reduce((sum, photo) => sum + photo.bytes, 0);
    const sent = counted.reduce((sum, photo) => sum + (photo.state === 'kept' ? photo.bytes : photo.sent), 0);
    byId('check-uploads-text').textContent = t('report_waits_for_photos', { n: number(counted.length - under.length), of: number(counted.length) });
    byId('check-uploads-why').textContent = under.find((photo) => photo.why)?.why ?? '';
    byId('check-uploads-bar').value = Math.floor((100 * sent) / Math.max(1, bytes));
    button.setAttribute('aria-disabled', 'true');
    button.textContent = t('report_waiting_for_photos');
  }

  /** A photo has come further: the rows show it, and a report that waits for it goes out. */
  function changed() {
    if (sending) return;
    if (shown !== photoStates()) render();
    showUploads();
    if (!holding || app.photos.underWay().length) return;
    release();
    // What was refused meanwhile isn't left out silently.
    if (app.photos.refused().length > refusedBefore) say(t('report_photo_refused_title'), t('report_photo_refused_hint'), t('report_send_without'));
    else send();
  }

  const photoStates = () => app.photos.list.map((photo) => `${photo.key} ${photo.skipped} ${photo.state}`).join();

  function release() {
    holding = false;
    showUploads();
    button.removeAttribute('aria-disabled');
    button.textContent = t('report_send');
  }

  /** What stands in the way, and what the button does about it. */
  function say(strong, hint, action) {
    failed.replaceChildren(el('b', {}, strong), el('span', {}, hint));
    failed.hidden = false;
    button.textContent = action;
  }

  function whoRows() {
    const { place } = app.draft;
    const service = app.service();
    if (place?.located) return locatedRows(place.located, place);
    return placeRows({
      kelurahan: place?.name ?? null,
      kecamatan: place?.kecamatan ?? null,
      agency: service.agency.name,
      clock: service.clock,
      amount: service.target,
      dueAt: dueFromNow(service),
    });
  }

  function block(label, change, screen, ...content) {
    return el('section.r-part', {},
      el('h2', {}, label),
      el('button.r-change', { type: 'button', 'aria-label': change, onclick: () => app.go(screen) }, t('report_change')),
      el('div', {}, ...content));
  }

  function render() {
    const { draft } = app;
    shown = photoStates();
    const service = app.service();
    const who = whoRows();
    const kelurahan = who.length === 3 ? who[0].main : null;
    const agency = who.at(-2).main;
    const target = who.at(-1).main;
    promise.textContent = kelurahan
      ? t('report_promise', { agency, kelurahan, target: target.toLowerCase() })
      : t('report_promise_placeless', { agency, target: target.toLowerCase() });
    const flags = [draft.anonymous && t('report_is_anonymous'), draft.confidential && t('report_is_confidential')].filter(Boolean);
    const placeScreen = draft.place?.kind === 'area' ? 'list' : 'where';
    rows.replaceChildren(
      block(t('report_part_photos'), t('report_change_photos'), 'photo',
        draft.photos.length ? photoStrip(app) : el('p', {}, t('report_no_photos')), photoLines()),
      block(t('report_part_problem'), t('report_change_service'), 'what', el('b', {}, localName(service.name))),
      block(t('report_part_place'), t('report_change_place'), placeScreen,
        draft.place ? answerRows(who) : [el('p', {}, t('report_no_place')), answerRows(who)],
        draft.landmark.trim() ? el('p', {}, `${t('report_landmark')}: ${draft.landmark.trim()}`) : null),
      block(t('report_part_text'), t('report_change_text'), 'describe',
        el('p.r-own', {}, draft.description.trim()),
        draft.seen_as_photo && draft.observed_at ? el('p.r-flag', {}, t('report_seen_at', { moment: moment(draft.observed_at, true) })) : null,
        flags.map((flag) => el('p.r-flag', {}, flag))),
      ...contactBlock(draft.contact),
    );
  }

  /** What stays behind, said before it is sent. */
  function photoLines() {
    const lines = [];
    const left = app.photos.list.filter((photo) => photo.skipped || ['refused', 'gone'].includes(photo.state)).length;
    const under = app.photos.underWay().length;
    if (under) lines.push(t('report_photos_under_way', { n: number(under), count: under }));
    if (left) lines.push(t('report_photos_left', { n: number(left), count: left }));
    return lines.map((line) => el('p.r-flag', {}, line));
  }

  function contactBlock(contact) {
    const lines = [contact.name.trim(), contact.email.trim(), contact.phone.trim()].filter(Boolean);
    return lines.length ? [block(t('report_part_contact'), t('report_change_contact'), 'describe', lines.map((line) => el('p', {}, line)))] : [];
  }

  async function send() {
    if (sending) return;
    sending = true;
    waiting = false;
    failed.hidden = true;
    button.setAttribute('aria-disabled', 'true');
    button.textContent = t('report_sending');
    app.save({ attempt: nextAttempt(app.draft, randomKey) });
    const { key, body } = app.draft.attempt;
    const service = app.service();
    try {
      const answer = await postJson(address('/api/v1/complaints'), JSON.parse(body), { 'Idempotency-Key': key });
      const email = app.draft.contact.email.trim();
      keepSent({
        answer, service: service.code, service_name: service.name, confidential: app.draft.confidential, area: app.draft.place?.kind ?? null,
        notices: answer.notices && email ? masked(email) : null,
      });
      app.reset();
      app.go('sent', { replace: true });
    } catch (error) {
      refused(error);
    } finally {
      sending = false;
      button.removeAttribute('aria-disabled');
    }
  }

  function refused(error) {
    if (error instanceof ApiError && error.code === 'outside_city') {
      app.save({ place: { ...app.draft.place, located: null, outside: { message: error.message, remedy: error.remedy } } });
      app.go('where');
      return;
    }
    const fields = error instanceof ApiError && error.status < 500 ? error.fields : [];
    if (fields.length) {
      app.refused = Object.fromEntries(fields.map((one) => [one.field, refusedText(one, error)]));
      const screen = screenOfField(fields[0].field, app.draft.place);
      if (screen === 'photo') {
        // Those that are no longer there say so themselves.
        app.refused.photos = t('report_refused_photos');
        app.photos.resume();
      }
      if (fields.some((one) => one.field === 'observed_at')) app.save({ seen_as_photo: false });
      if (screen !== 'check') {
        app.go(screen);
        const field = document.querySelector(`[data-for="${screen}"] [aria-invalid="true"]`);
        field?.focus();
        app.say(refusedText(fields[0], error));
        return;
      }
    }
    waiting = !(error instanceof ApiError);
    const offline = waiting && !navigator.onLine;
    say(t('report_not_sent'), failureText(error, offline), t('try_again'));
  }

  function failureText(error, offline) {
    if (offline) return t('report_not_sent_offline');
    if (!(error instanceof ApiError)) return t('report_not_sent_network');
    if (error.status >= 500) return t('report_not_sent_server');
    return [error.message, error.remedy].filter(Boolean).join(' ');
  }

  return {
    changed,
    leave: release,
    enter() {
      failed.hidden = true;
      release();
      waiting = false;
      render();
      app.save();
      app.refreshPlace().then(() => {
        if (app.current === 'check' && !sending) render();
      });
    },
  };
}
