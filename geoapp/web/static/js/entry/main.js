/** The page where operators enter complaints: the form, the keys, and what is sent. */

import { randomKey } from '../report/draft.js';
import { folded, grouped, matching } from '../report/services.js';
import { targetText } from '../report/words.js';
import { address, ApiError, getJson } from '../shared/api.js';
import { now } from '../shared/clock.js';
import { config, groupOf, localName } from '../shared/config.js';
import { byId, el, groupGlyph } from '../shared/dom.js';
import { moment, number, time } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { keepView } from '../shared/language.js';
import { send } from '../work/shared/api.js';
import {
  afterChannel, attemptOf, channelOfKey, emptyEntry, faults, fieldOf, junkBody, requestBody, withLast, withoutPerson,
} from './form.js';
import { entryMap } from './map.js';
import { picker } from './picker.js';
import { matchingAreas, readCoordinates } from './place.js';
import { teller } from './told.js';

keepView();

const KEPT = `geoapp.entry.${config.city.code}`;
const FIELDS = ['source', 'number', 'came', 'service', 'text', 'place', 'landmark', 'caller', 'phone', 'email'];
const TYPED = ['source', 'number', 'came', 'text', 'landmark', 'caller', 'phone', 'email'];
const SAVE = '/api/v1/work/complaints';
const field = (name) => byId(`e-${name}`);

let catalogue = { groups: [], services: [] };
let areaList = null;
let attempt = null;
let sending = false;

/** What the parts of the page share. */
const app = {
  entry: { ...emptyEntry(), ...stored().entry },
  zone: config.city.timezone,
  map: null,
  service: () => catalogue.services.find(({ code }) => code === app.entry.service) ?? null,
  areas: () => (areaList ??= getJson(address('/api/v1/areas')).catch((error) => { areaList = null; throw error; })),
  /** What the server found for the point; null when it lies outside. */
  async found(located) {
    const { place } = app.entry;
    const code = place.kelurahan ?? located?.kelurahan?.code;
    app.map?.show(place, code ? await featureOf(code) : null, false);
  },
  /** The kelurahan an operator names for a point; null leaves it to the point. */
  choose(choice) {
    const { place } = app.entry;
    setPlace({ ...place, kelurahan: choice?.code ?? null, name: choice?.name ?? null, kecamatan: localName(choice?.kecamatan?.name ?? choice?.kecamatan) || null }, { write: false });
  },
};

function stored() {
  try { return JSON.parse(sessionStorage.getItem(KEPT)) ?? {}; } catch { return {}; }
}

function keep(change = {}) {
  try { sessionStorage.setItem(KEPT, JSON.stringify({ ...stored(), entry: withoutPerson(app.entry), ...change })); } catch { /* a reload then loses it */ }
}

const featureOf = async (code) => {
  const { features } = await app.areas().catch(() => ({ features: [] }));
  return features.find(({ properties }) => properties.code === code) ?? null;
};

/* ---- place ---- */

async function setPlace(place, { look = true, write = true, hint = '' } = {}) {
  app.entry.place = place;
  keep();
  showFault('place', '');
  if (write) field('place').value = placeText(place);
  byId('e-place-hint').textContent = hint;
  const code = place?.kelurahan;
  app.map?.show(place, code ? await featureOf(code) : null, look);
  tell();
}

function placeText(place) {
  if (place?.kind === 'point') return `${place.lat}, ${place.lon}`;
  return place?.name ?? '';
}

function areaPlace({ properties }) {
  return { kind: 'area', kelurahan: properties.code, name: properties.name, kecamatan: properties.parent_name, label: properties.label };
}

function coordinateOption(text) {
  const at = readCoordinates(text, config.city.centre);
  if (!at) return [];
  const words = t('entry_read_as', { lat: number(at.lat, 6), lon: number(at.lon, 6) });
  return [{ label: [el('b', {}, words), el('span.meta', {}, t(at.order === 'lat_lon' ? 'entry_lat_first' : 'entry_lon_first'))],
    value: { place: { kind: 'point', lon: at.lon, lat: at.lat }, hint: `${words} · ${t(at.order === 'lat_lon' ? 'entry_lat_first' : 'entry_lon_first')}` } }];
}

let features = [];
const places = picker({
  input: field('place'), list: byId('e-place-list'),
  find: (text) => [...coordinateOption(text), ...matchingAreas(features, text).map((feature) => ({
    label: [el('b', {}, feature.properties.name), el('span.meta', {}, t('kecamatan_short', { name: feature.properties.parent_name ?? '' }))],
    value: { place: areaPlace(feature), hint: t('entry_only_kelurahan') },
  }))],
  pick: ({ place, hint }) => setPlace(place, { hint }),
  typed: () => { if (app.entry.place) setPlace(null, { write: false }); },
});

/* ---- service ---- */

function setService(service) {
  app.entry.service = service?.code ?? null;
  keep();
  if (service) field('service').value = localName(service.name);
  byId('e-service-hint').textContent = service ? `${service.agency.name} · ${targetText(service.clock, service.target)}` : '';
  showFault('service', '');
  tell();
}

const services = picker({
  input: field('service'), list: byId('e-service-list'),
  find: (text) => {
    const groups = grouped(catalogue, {});
    const found = text ? matching(groups, text) : catalogue.services;
    return found.slice(0, text ? 8 : 100).map((service) => ({
      label: [groupGlyph(groupOf(service.group)), el('b', {}, localName(service.name)), el('span.meta', {}, localName(groupOf(service.group).name))],
      value: service,
    }));
  },
  pick: (service) => { setService(service); field('text').focus(); },
  typed: (text) => {
    if (app.service() && folded(text) !== folded(localName(app.service().name))) setService(null);
  },
});

/* ---- the other fields ---- */

function setChannel(channel, move = true) {
  app.entry.channel = channel;
  document.querySelector(`[name="channel"][value="${channel}"]`).checked = true;
  byId('e-source-label').textContent = t(channel === 'media' ? 'entry_link' : 'entry_reference');
  field('source').type = channel === 'media' ? 'url' : 'text';
  keep();
  if (move) field(afterChannel(channel)).focus();
}

for (const radio of document.querySelectorAll('[name="channel"]')) {
  radio.addEventListener('change', () => setChannel(radio.value, false));
}
for (const name of TYPED) {
  field(name).addEventListener('input', () => {
    app.entry[name] = field(name).value;
    keep();
    showFault(name, '');
    if (name === 'came') tell();
  });
}
for (const wish of ['anonymous', 'confidential']) {
  field(wish).addEventListener('change', () => { app.entry[wish] = field(wish).checked; keep(); });
}

function write() {
  const { entry } = app;
  setChannel(entry.channel, false);
  for (const name of TYPED) field(name).value = entry[name];
  for (const wish of ['anonymous', 'confidential']) field(wish).checked = entry[wish];
  field('service').value = '';
  if (catalogue.services.length) setService(app.service()); // till then a kept entry's service has no name
  setPlace(entry.place, { look: Boolean(entry.place) });
}

function clear() {
  app.entry = { ...emptyEntry(), channel: app.entry.channel };
  attempt = null;
  for (const name of FIELDS) showFault(name, '');
  fail();
  app.map?.reset();
  write();
}

const tell = (() => {
  const ask = teller(app, byId('e-who'), byId('e-near'));
  return () => { ask(); };
})();

/* ---- sending ---- */

function showFault(name, ...words) {
  const node = byId(`e-${name}-error`);
  node.replaceChildren(...words);
  node.hidden = !words.some(Boolean);
  if (node.hidden) field(name).removeAttribute('aria-invalid');
  else field(name).setAttribute('aria-invalid', 'true');
}

function fail(...words) {
  delete byId('e-failed').dataset.asked;
  byId('e-failed').replaceChildren(...words);
  byId('e-failed').hidden = !words.length;
}

const caseLink = (ticket) => el('a', { href: address(`/case/${encodeURIComponent(ticket)}`), target: '_blank', rel: 'noopener' }, ticket);

/** Say at each field what the server found wrong with it. */
function refuse(error) {
  const holder = error.fields.find(({ field: name }) => name === 'ticket')?.value;
  let first = null;
  for (const fault of error.fields) {
    const name = fieldOf(fault.field);
    if (!FIELDS.includes(name)) continue;
    first ??= name;
    if (error.code === 'already_entered' && holder) showFault(name, `${t('entry_number_taken')} `, caseLink(holder));
    else showFault(name, t(`entry_refused_${name}`));
  }
  if (first) field(first).focus();
  else fail(el('b', {}, t('entry_not_saved')), el('span', {}, [error.message, error.remedy].filter(Boolean).join(' ')));
}

async function post(path, body, onDone) {
  if (sending) return;
  sending = true;
  byId('e-form').setAttribute('aria-busy', 'true');
  fail();
  attempt = attemptOf(attempt, body, randomKey);
  try {
    const told = await send(address(path), attempt.body, { 'Idempotency-Key': attempt.key });
    attempt = null;
    onDone(told);
  } catch (error) {
    if (error instanceof ApiError && error.status < 500 && error.fields.length) refuse(error);
    else if (error instanceof ApiError && error.status < 500) fail(el('b', {}, t('entry_not_saved')), el('span', {}, error.message));
    else fail(el('b', {}, t('entry_not_saved')), el('span', {}, t('entry_not_reached')));
  } finally {
    sending = false;
    byId('e-form').removeAttribute('aria-busy');
  }
}

function save() {
  const found = faults(app.entry, app.service(), now(), app.zone);
  for (const name of FIELDS) showFault(name, found[name] ? t(found[name]) : '');
  const first = FIELDS.find((name) => found[name]);
  if (first) { field(first).focus(); return; }
  post(SAVE, requestBody(app.entry, app.zone), (told) => done(told, localName(app.service().name)));
}

function junk() {
  // A complaint half entered is not thrown away by one wrong key.
  const entered = Boolean(app.entry.place || (app.service() && config.junk_service));
  if (entered && byId('e-failed').dataset.asked !== 'junk') {
    fail(el('b', {}, t('entry_junk_sure')), el('span', {}, t('entry_junk_sure_hint')));
    byId('e-failed').dataset.asked = 'junk';
    return;
  }
  const body = junkBody(app.entry);
  if (!config.junk_service) {
    // Without a catch-all in the catalogue somebody must say what it is counted with.
    if (!app.service()) { showFault('service', t('entry_junk_needs_service')); field('service').focus(); return; }
    body.service = app.service().code;
  }
  post(`${SAVE}/junk`, body, (told) => done(told, t('entry_junk')));
}

function done(told, what) {
  const { ticket } = told;
  const outside = told.assignment.method === 'outside';
  const isJunk = told.status === 'rejected';
  byId('e-done-what').textContent = t(isJunk ? 'entry_junk_saved' : 'entry_saved', { what });
  byId('e-done-ticket').textContent = ticket;
  byId('e-done-ticket').href = address(`/case/${encodeURIComponent(ticket)}`);
  const where = told.kelurahan ? t('kelurahan_short', { name: told.kelurahan.name }) : null;
  byId('e-done-who').textContent = isJunk ? t('entry_junk_counted')
    : outside ? t('entry_outside_saved')
      : [told.agency.name, where, t('report_by', { moment: moment(told.due_at, true) }), told.notices ? t('entry_notices') : null].filter(Boolean).join(' · ');
  const keyNode = byId('e-done-key');
  // The press and SP4N have ways of their own; whoever called or came has none but this.
  keyNode.hidden = !told.follow_key || !['call_112', 'letter', 'counter'].includes(app.entry.channel);
  keyNode.textContent = told.follow_key ? t('entry_follow_key', { key: told.follow_key }) : '';
  const channel = app.entry.channel;
  clear();
  keep({ last: withLast(stored().last ?? [], { ticket, what, channel, at: told.submitted_at, entered: now() }) });
  showLast();
  byId('e-done').hidden = false;
  byId('e-status').textContent = `${byId('e-done-what').textContent}: ${ticket}`;
  byId('e-next').focus();
}

function next() {
  byId('e-done').hidden = true;
  document.querySelector('[name="channel"]:checked').focus();
}

function showLast() {
  const last = stored().last ?? [];
  byId('e-last').hidden = !last.length;
  byId('e-last-list').replaceChildren(...last.map(({ ticket, what, channel, entered }) => el('li', {},
    caseLink(ticket), el('span', {}, what), el('span.meta', {}, t(`entry_channel_${channel}`)), el('time.meta', {}, time(entered)))));
}

/* ---- keys ---- */

const typing = (target) => target instanceof Element && target.matches('input:not([type="radio"], [type="checkbox"]), textarea, select');

document.addEventListener('keydown', (event) => {
  if (event.key === 'F8') { event.preventDefault(); if (!event.repeat) junk(); return; }
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); if (!event.repeat) save(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const channel = channelOfKey(event.key);
  if (channel) {
    event.preventDefault();
    byId('e-done').hidden = true;
    setChannel(channel);
  }
});
byId('e-form').addEventListener('submit', (event) => { event.preventDefault(); save(); });
byId('e-junk').addEventListener('click', junk);
byId('e-clear').addEventListener('click', () => { clear(); next(); });
byId('e-next').addEventListener('click', next);

async function start() {
  app.map = entryMap({ credit: byId('e-attr'), areas: app.areas, click: (at) => setPlace({ kind: 'point', ...at }, { look: false }) });
  byId('e-zoom-in').addEventListener('click', () => app.map?.map.zoomIn(1));
  byId('e-zoom-out').addEventListener('click', () => app.map?.map.zoomOut(1));
  showLast();
  write();
  next();
  app.areas().then((found) => { features = found.features; places.renew(); }).catch(() => {});
  try {
    catalogue = await getJson(address('/api/v1/services'));
  } catch {
    fail(el('b', {}, t('entry_no_services')), el('button.btn', { type: 'button', onclick: () => { fail(); start(); } }, t('try_again')));
    return;
  }
  if (app.service()) setService(app.service());
  services.renew();
}

start();
