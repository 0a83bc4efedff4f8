/** Beside the form: who will handle it and by when, and what is open and alike nearby. */

import { address, ApiError, getJson } from '../shared/api.js';
import { deadlineBadge, statusSign } from '../shared/deadline.js';
import { el } from '../shared/dom.js';
import { distance } from '../shared/format.js';
import { localName } from '../shared/config.js';
import { t } from '../shared/i18n.js';
import { answerRows, dueFromNow, placeRows } from '../report/words.js';
import { momentOf } from './form.js';

const NEAR_M = 150;
const NEAR_MOST = 5;

const note = (kind, ...children) => el(`div.e-note.${kind}`, {}, ...children);

/**
 * @param {object} app  entry, service(), areas(), zone, map (or null)
 * @param {HTMLElement} who
 * @param {HTMLElement} near
 */
export function teller(app, who, near) {
  let asking = null;

  /** When it must be done, counted from when it came; null where only the server's calendar knows. */
  function dueFrom(dueAt, service) {
    if (!app.entry.came) return dueAt ?? dueFromNow(service);
    return dueFromNow(service, Date.parse(momentOf(app.entry.came, app.zone)));
  }

  function rows(located, service, place) {
    const dueAt = dueFrom(located.due_at, service);
    const shown = answerRows(placeRows({
      kelurahan: place ? place.name ?? located.kelurahan?.name ?? null : null,
      kecamatan: place ? place.kecamatan ?? located.kecamatan?.name ?? null : null,
      agency: located.agency.name, clock: service.clock, amount: service.target, dueAt,
    }));
    return [shown, dueAt || !app.entry.came ? null : note('plain', t('entry_working_days'))].filter(Boolean);
  }

  /** A kelurahan that might be meant instead, as a choice. */
  function choices(located, place) {
    const offered = located.confirm?.choices ?? [];
    if (place.kind !== 'point' || offered.length < 2) return null;
    const select = el('select', { id: 'e-choice', onchange: () => app.choose(offered.find(({ code }) => code === select.value) ?? null) },
      el('option', { value: '' }, t('entry_by_point', { name: located.kelurahan?.name ?? '–' })),
      offered.filter(({ code }) => code !== located.kelurahan?.code).map(({ code, name, kecamatan }) => el('option', { value: code },
        `${name}, ${t('kecamatan_short', { name: localName(kecamatan?.name ?? kecamatan) })}`)));
    select.value = place.kelurahan ?? '';
    return el('label.e-choice', { for: 'e-choice' }, t('entry_kelurahan_is'), select);
  }

  async function tellWho(place, service, signal) {
    if (!service) { who.replaceChildren(note('plain', t('entry_choose_first'))); return; }
    if (!place) {
      who.replaceChildren(...rows({ agency: service.agency, due_at: null }, service, null),
        ...(service.needs_place ? [note('plain', t('entry_needs_place'))] : []));
      return;
    }
    const [lon, lat] = place.kind === 'point' ? [place.lon, place.lat] : place.label;
    try {
      const located = await getJson(address('/api/v1/locate', { lon, lat, service: service.code }), { signal });
      if (signal.aborted) return;
      if (place.kind === 'point') app.found(located);
      who.replaceChildren(...[...rows(located, service, place), choices(located, place)].filter(Boolean));
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.code === 'outside_city') {
        app.found(null);
        who.replaceChildren(note('warn', el('b', {}, error.message), el('span', {}, t('entry_outside'))));
      } else {
        who.replaceChildren(note('plain', t('entry_not_looked_up')));
      }
    }
  }

  function row({ properties, geometry }, index) {
    return el('li', {},
      el('a.e-alike', { href: address(`/case/${encodeURIComponent(properties.ticket)}`), target: '_blank', rel: 'noopener' },
        el('span.e-other', { 'aria-hidden': 'true' }, geometry ? String(index + 1) : '·'),
        el('span', {},
          el('b', {}, localName(properties.service_name)),
          el('span.meta', {}, [properties.distance_m == null ? null : distance(properties.distance_m), properties.ticket].filter(Boolean).join(' · ')),
          properties.description ? el('span.e-words', {}, properties.description) : null),
        el('span.e-state', {}, statusSign(properties.status), deadlineBadge(properties.status, properties.deadline?.due_at ?? properties.due_at))));
  }

  async function tellNear(place, service, signal) {
    app.map?.showNear([]);
    if (!service || place?.kind !== 'point') { near.replaceChildren(note('plain', t('entry_near_needs_point'))); return; }
    try {
      const found = await getJson(address('/api/v1/work/complaints', {
        near: `${place.lon},${place.lat}`, within_m: NEAR_M, group: service.group, status: 'open', sort: 'near', limit: NEAR_MOST,
      }), { signal });
      if (signal.aborted) return;
      app.map?.showNear(found.features);
      const words = found.numberMatched ? t('entry_near', { n: found.numberMatched, distance: distance(NEAR_M) }) : t('entry_near_none', { distance: distance(NEAR_M) });
      near.replaceChildren(el('p.e-count', {}, words), el('ol', {}, found.features.map(row)),
        found.numberMatched ? el('p.e-hint', {}, t('entry_near_hint')) : '');
    } catch {
      if (!signal.aborted) near.replaceChildren(note('plain', t('entry_near_failed')));
    }
  }

  /** Ask again about the entry as it stands; an older question is dropped. */
  return function tell() {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const { place } = app.entry;
    return Promise.all([tellWho(place, app.service(), signal), tellNear(place, app.service(), signal)]);
  };
}
