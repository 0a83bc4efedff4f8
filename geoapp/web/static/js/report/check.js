/** Fourth screen: everything once more, then send. A failure loses nothing. */

import { address, ApiError, postJson } from '../shared/api.js';
import { localName } from '../shared/config.js';
import { byId, el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { nextAttempt, randomKey } from './draft.js';
import { screenOfField } from './flow.js';
import { keepSent } from './sent.js';
import { locatedRows } from './where.js';
import { answerRows, dueFromNow, placeRows } from './words.js';

const REFUSED = {
  service: 'report_refused_service',
  kelurahan: 'report_refused_kelurahan',
  description: 'report_refused_text',
  landmark: 'report_refused_text',
};

/** Why a field was refused, as a sentence for people; the API's own words are for programs. */
function refusedText({ field }, error) {
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
  let sending = false;
  let waiting = false;

  button.addEventListener('click', send);
  // What failed for want of a connection goes out by itself, as long as this screen is open.
  window.addEventListener('online', () => {
    if (waiting && app.current === 'check') send();
  });

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
      block(t('report_part_problem'), t('report_change_service'), 'what', el('b', {}, localName(service.name))),
      block(t('report_part_place'), t('report_change_place'), placeScreen,
        draft.place ? answerRows(who) : [el('p', {}, t('report_no_place')), answerRows(who)],
        draft.landmark.trim() ? el('p', {}, `${t('report_landmark')}: ${draft.landmark.trim()}`) : null),
      block(t('report_part_text'), t('report_change_text'), 'describe',
        el('p.r-own', {}, draft.description.trim()),
        flags.map((flag) => el('p.r-flag', {}, flag))),
    );
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
      keepSent({ answer, service: service.code, service_name: service.name, confidential: app.draft.confidential, area: app.draft.place?.kind ?? null });
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
    failed.replaceChildren(
      el('b', {}, t('report_not_sent')),
      el('span', {}, failureText(error, offline)),
    );
    failed.hidden = false;
    button.textContent = t('try_again');
  }

  function failureText(error, offline) {
    if (offline) return t('report_not_sent_offline');
    if (!(error instanceof ApiError)) return t('report_not_sent_network');
    if (error.status >= 500) return t('report_not_sent_server');
    return [error.message, error.remedy].filter(Boolean).join(' ');
  }

  return {
    enter() {
      failed.hidden = true;
      button.textContent = t('report_send');
      waiting = false;
      render();
      app.save();
      app.refreshPlace().then(() => {
        if (app.current === 'check' && !sending) render();
      });
    },
  };
}
