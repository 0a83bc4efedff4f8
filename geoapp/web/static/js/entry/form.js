/** What the entry form sends, what it asks for first, and what it keeps. Nothing here touches the page. */

import { now as serverNow } from '../shared/clock.js';

export const CHANNELS = ['call_112', 'media', 'letter', 'counter', 'sp4n'];
export const TEXT_LEAST = 10;
const KEPT = 8;

/** An entry with nothing in it. */
export const emptyEntry = () => ({
  channel: CHANNELS[0], source: '', number: '', came: '', service: null, text: '', place: null,
  landmark: '', caller: '', phone: '', email: '', anonymous: false, confidential: false,
});

/** *entry* as it is kept for a reload: without how to reach a person. */
export const withoutPerson = (entry) => ({ ...entry, caller: '', phone: '', email: '' });

/** The channel of a number key, or null. */
export const channelOfKey = (key) => CHANNELS[Number(key) - 1] ?? null;

/** The field an operator fills in next after choosing *channel*: press and letters begin with their source. */
export const afterChannel = (channel) => (['media', 'letter', 'sp4n'].includes(channel) ? 'source' : 'service');

/**
 * The moment of a datetime-local value in the city's zone, as the API takes it.
 *
 * The offset is that of the zone at that moment, read from the calendar the browser keeps.
 */
export function momentOf(local, zone) {
  if (!local) return null;
  const asUtc = Date.parse(`${local}Z`);
  const shown = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
  });
  const parts = Object.fromEntries(shown.formatToParts(asUtc).map(({ type, value }) => [type, value]));
  const offset = Date.parse(`${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}Z`) - asUtc;
  return new Date(asUtc - offset).toISOString();
}

/** What is missing before the server need be asked: {field: key of a text}. */
export function faults(entry, service, now = serverNow(), zone = 'UTC') {
  const found = {};
  if (entry.channel === 'media' && !/^https?:\/\/[^\s/]+/i.test(entry.source.trim())) found.source = 'entry_need_link';
  if (entry.came && Date.parse(momentOf(entry.came, zone)) > now + 60e3) found.came = 'entry_future';
  if (!service) found.service = 'entry_need_service';
  if (Array.from(entry.text.trim()).length < TEXT_LEAST) found.text = 'entry_need_text';
  if (service?.needs_place && !entry.place) found.place = 'entry_need_place';
  return found;
}

/** The body of POST /api/v1/work/complaints. */
export function requestBody(entry, zone) {
  const body = { channel: entry.channel, service: entry.service, description: entry.text.trim() };
  if (entry.source.trim()) body.source = entry.source.trim();
  if (entry.number.trim()) body.external_id = entry.number.trim();
  if (entry.came) body.submitted_at = momentOf(entry.came, zone);
  if (entry.place?.kind === 'point') Object.assign(body, { lon: entry.place.lon, lat: entry.place.lat });
  if (entry.place?.kelurahan) body.kelurahan = entry.place.kelurahan;
  if (entry.landmark.trim()) body.landmark = entry.landmark.trim();
  const contact = { name: entry.caller.trim(), phone: entry.phone.trim(), email: entry.email.trim() };
  if (Object.values(contact).some(Boolean)) body.contact = Object.fromEntries(Object.entries(contact).filter(([, value]) => value));
  for (const wish of ['anonymous', 'confidential']) if (entry[wish]) body[wish] = true;
  return body;
}

/** The body of a junk call: the channel, and whatever was typed. */
export function junkBody(entry) {
  const body = { channel: entry.channel };
  if (entry.text.trim()) body.words = entry.text.trim();
  if (entry.number.trim()) body.external_id = entry.number.trim();
  if (entry.source.trim()) body.source = entry.source.trim();
  return body;
}

/** Key and body of a try: the same as long as the body is, so that a lost answer is found again. */
export function attemptOf(before, body, newKey) {
  const text = JSON.stringify(body);
  return before?.text === text ? before : { key: newKey(), text, body };
}

/** The field of the form that shows a fault of the server's *field*. */
export const fieldOf = (field) => ({
  external_id: 'number', submitted_at: 'came', description: 'text', lon: 'place', lat: 'place', kelurahan: 'place', words: 'text',
  contact: 'caller', 'contact.name': 'caller', 'contact.phone': 'phone', 'contact.email': 'email',
}[field] ?? field);

/** *list* of last entries with *one* in front. */
export const withLast = (list, one) => [one, ...list.filter(({ ticket }) => ticket !== one.ticket)].slice(0, KEPT);
