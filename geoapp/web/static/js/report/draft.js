/**
 * The draft of one report: what the citizen has entered so far.
 *
 * It lives in localStorage of this phone, so that neither a reload nor a failed
 * request loses a word. Nothing here touches the page or the network.
 */

import { ACCURACY_MAX_M, DESCRIPTION_MAX, DESCRIPTION_MIN } from './limits.js';

const VERSION = 1;

/**
 * @typedef {object} Located   What the server answered for a pin (GET /api/v1/locate).
 * @typedef {object} Place
 * @property {'point'|'area'} kind
 * @property {number} [lon]         degrees, EPSG:4326
 * @property {number} [lat]         degrees, EPSG:4326
 * @property {number} [zoom]
 * @property {number|null} [accuracy_m]  GPS accuracy while the pin stands where GPS put it
 * @property {Located|null} [located]
 * @property {string|null} [kelurahan]   code the citizen named or confirmed
 * @property {string|null} [name]        its name, for showing
 * @property {boolean} [answered]        true once the question "which kelurahan?" was answered
 *
 * @typedef {object} Draft
 * @property {number} version
 * @property {string|null} service
 * @property {Place|null} place
 * @property {string} description
 * @property {string} landmark
 * @property {boolean} anonymous
 * @property {boolean} confidential
 * @property {import('../shared/photos.js').Photo[]} photos
 * @property {Record<string, 'used'|'declined'>} offers  answers to "use the photo's place?" by photo
 * @property {boolean} seen_as_photo  report the time of a photo as the time it was seen
 * @property {string|null} observed_at  that time, RFC 3339
 * @property {{name: string, email: string, phone: string}} contact
 * @property {{key: string, body: string}|null} attempt  key and body of the last try to send
 */

/**
 * A draft with nothing in it.
 *
 * @returns {Draft}
 */
export function emptyDraft() {
  return {
    version: VERSION,
    service: null,
    place: null,
    description: '',
    landmark: '',
    anonymous: false,
    confidential: false,
    photos: [],
    offers: {},
    seen_as_photo: false,
    observed_at: null,
    contact: { name: '', email: '', phone: '' },
    attempt: null,
  };
}

/**
 * Read the draft of one city from *storage*; anything unreadable counts as none.
 *
 * @param {Storage|null} storage
 * @param {string} cityCode
 * @returns {Draft}
 */
export function loadDraft(storage, cityCode) {
  try {
    const stored = JSON.parse(storage?.getItem(storageKey(cityCode)) ?? 'null');
    if (stored && stored.version === VERSION) {
      return { ...emptyDraft(), ...stored };
    }
  } catch {
    // A draft that cannot be read must not keep anyone from starting a new one.
  }
  return emptyDraft();
}

/**
 * Keep the draft; false when this browser does not let us (private mode, full storage).
 *
 * @param {Storage|null} storage
 * @param {string} cityCode
 * @param {Draft} draft
 * @returns {boolean}
 */
export function saveDraft(storage, cityCode, draft) {
  try {
    if (!storage) return false;
    storage.setItem(storageKey(cityCode), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/**
 * Forget the draft after the server has acknowledged it.
 *
 * @param {Storage|null} storage
 * @param {string} cityCode
 */
export function forgetDraft(storage, cityCode) {
  try {
    storage?.removeItem(storageKey(cityCode));
  } catch {
    // Nothing to forget where nothing could be stored.
  }
}

/**
 * True when the citizen has entered anything worth keeping.
 *
 * @param {Draft} draft
 * @returns {boolean}
 */
export function hasContent(draft) {
  return Boolean(draft.service || draft.place || draft.description || draft.landmark || draft.photos.length);
}

/**
 * The body of POST /api/v1/complaints for this draft.
 *
 * @param {Draft} draft
 * @returns {object}
 */
export function requestBody(draft) {
  const body = { service: draft.service, description: draft.description.trim() };
  const { place } = draft;
  if (place?.kind === 'point') {
    body.lon = place.lon;
    body.lat = place.lat;
    if (place.accuracy_m) body.accuracy_m = sentAccuracy(place.accuracy_m);
  }
  if (place?.kelurahan) body.kelurahan = place.kelurahan;
  if (draft.landmark.trim()) body.landmark = draft.landmark.trim();
  if (draft.anonymous) body.anonymous = true;
  if (draft.confidential) body.confidential = true;
  if (draft.seen_as_photo && draft.observed_at) body.observed_at = draft.observed_at;
  const photos = draft.photos.filter((photo) => photo.state === 'kept' && !photo.skipped);
  if (photos.length) body.photos = photos.map((photo) => photo.id);
  const contact = Object.entries(draft.contact).map(([field, value]) => [field, value.trim()]);
  if (contact.some(([, value]) => value)) body.contact = Object.fromEntries(contact.filter(([, value]) => value));
  return body;
}

/**
 * The accuracy of a GPS fix as the API takes it: whole metres, never more than it allows.
 *
 * @param {number} accuracyM
 * @returns {number}
 */
export function sentAccuracy(accuracyM) {
  return Math.min(Math.round(accuracyM), ACCURACY_MAX_M);
}

/**
 * The body and the idempotency key of the next try to send.
 *
 * The key stays the same as long as the body does: a try whose answer was lost
 * is then recognised by the server, and an edited report is not refused as a
 * reuse of the key.
 *
 * @param {Draft} draft
 * @param {() => string} newKey
 * @returns {{key: string, body: string}}
 */
export function nextAttempt(draft, newKey) {
  const body = JSON.stringify(requestBody(draft));
  if (draft.attempt?.body === body) return draft.attempt;
  return { key: newKey(), body };
}

/**
 * The length of the description as the server counts it: code points, trimmed.
 *
 * @param {string} text
 * @returns {number}
 */
export function descriptionLength(text) {
  return Array.from(text.trim()).length;
}

/**
 * Is the description long enough and not too long?
 *
 * @param {string} text
 * @returns {boolean}
 */
export function descriptionFits(text) {
  const length = descriptionLength(text);
  return length >= DESCRIPTION_MIN && length <= DESCRIPTION_MAX;
}

/**
 * A random key; works in pages served without TLS, where randomUUID is missing.
 *
 * @returns {string}
 */
export function randomKey() {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The window's localStorage, or null where the browser forbids even looking at it.
 *
 * @returns {Storage|null}
 */
export function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function storageKey(cityCode) {
  return `geoapp.report.${cityCode}`;
}
