/**
 * Photos on their way to the server: one after the other, in the background, resumed after a lost
 * connection and after a reload of the page.
 *
 * Knows nothing of how they look; phototray.js shows them.
 */

import { address, ApiError, getJson } from './api.js';
import { config, localName } from './config.js';
import { number } from './format.js';
import { t } from './i18n.js';
import { photoFiles } from './photo_files.js';

/** A piece is what a flaky connection loses at most. */
const PIECE_BYTES = 512 * 1024;
const AGAIN_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];
const SLOW_DOWN_MS = 60_000;
const LOOK_MS = 700;
/** A connection that died without a word is given up after so long without a byte. */
const STALL_MS = 45_000;

/** States in which a photo is still under way. */
export const UNDER_WAY = ['waiting', 'sending', 'drawing'];

/**
 * @typedef {object} Photo   What is kept of a photo with its draft; the file lies in photo_files.js.
 * @property {string} key          of this phone
 * @property {string|null} id      of the server, once it knows of the photo
 * @property {'waiting'|'sending'|'drawing'|'kept'|'refused'|'gone'} state
 *   gone: neither this phone nor the server has it any more
 * @property {number} bytes
 * @property {number} sent         bytes that have arrived
 * @property {string|null} why     a sentence: why it waits, was refused or is gone
 * @property {boolean} [skipped]   the report was sent without it
 * @property {string|null} small   address of the small picture, once kept
 * @property {object|null} found   where and when it was taken, as the server read it
 */

/**
 * What a picked file is refused for before anything is sent; "" when nothing speaks against it.
 *
 * @param {{type: string, size: number}} file
 * @param {number} maxMb
 */
export function refusedAtOnce(file, maxMb) {
  if (file.type && !file.type.startsWith('image/')) return t('photo_not_a_photo');
  if (!file.size) return t('photo_empty');
  const mb = file.size / 2 ** 20;
  return mb > maxMb ? t('photo_too_large', { mb: number(mb, 1), most: number(maxMb) }) : '';
}

/**
 * What an HTTP status of an upload means for going on.
 *
 * @param {number} status  0 when there was no answer
 * @returns {'refused'|'later'|'again'}  later: the sender asks too often
 */
export function afterStatus(status) {
  if (status === 429) return 'later';
  if (status >= 400 && status < 500 && ![404, 408, 409, 410, 423].includes(status)) return 'refused';
  return 'again';
}

let loading = null;

/** The upload protocol's own bundle, fetched once. */
function protocol(source) {
  if (window.geoappTus) return Promise.resolve(window.geoappTus);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = source;
    script.onload = () => resolve(window.geoappTus);
    script.onerror = () => {
      loading = null;
      script.remove();
      reject(new Error('tus'));
    };
    document.head.append(script);
  });
  return loading;
}

/**
 * The photos of one draft.
 *
 * @param {object} of
 * @param {Photo[]} of.kept      from the draft; changed in place
 * @param {() => void} of.save   keep the list with the draft
 * @param {() => void} of.changed  something to show has changed
 * @param {string} of.source     address of the protocol's bundle
 * @param {number} [of.most]
 * @param {number} [of.maxMb]
 * @param {string|null} [of.place]  where the files are held, see photo_files.js
 * @param {() => string[]} [of.others]  keys of other drafts' photos in the same place
 */
export function createPhotos({ kept, save, changed, source, most = config.photos?.most ?? 5, maxMb = config.photos?.max_mb ?? 20, place = undefined, others = () => [] }) {
  const files = photoFiles(place);
  const ended = new AbortController();
  const list = kept;
  let running = null; // {photo, upload}
  let timer = null;
  let failures = 0;

  /** What has no way to the city any more takes nobody's room. */
  const counted = () => list.filter((photo) => !['refused', 'gone'].includes(photo.state)).length;
  const byState = (...states) => list.filter((photo) => !photo.skipped && states.includes(photo.state));

  function tell(photo, change, { keep = true } = {}) {
    Object.assign(photo, change);
    if (keep) save();
    changed();
  }

  /** Send the next one that waits; one at a time, so that the first is there soon. */
  function pump() {
    if (running || timer || ended.signal.aborted) return;
    const photo = byState('waiting', 'sending', 'drawing')[0];
    if (photo) carry(photo);
  }

  async function carry(photo) {
    running = { photo, upload: null };
    const own = running;
    try {
      if (photo.id && (photo.state === 'drawing' || await settled(photo))) {
        await look(photo, own);
        return;
      }
      const file = await files.get(photo.key);
      if (!file) {
        tell(photo, { state: 'gone', why: t('photo_gone') });
        return;
      }
      const tus = await protocol(source);
      if (running !== own) return;
      tell(photo, { state: 'sending', why: null });
      await push(tus, photo, file, own);
      if (running !== own) return;
      tell(photo, { state: 'drawing', sent: photo.bytes });
      await look(photo, own);
    } catch (error) {
      if (running === own) await failed(photo, error);
    } finally {
      if (running === own) {
        running = null;
        pump();
      }
    }
  }

  /** Does the server have all of it already? A reload may come between the last piece and its answer. */
  async function settled(photo) {
    if (photo.sent < photo.bytes) return false;
    const { state } = await getJson(address(`/api/v1/photos/${photo.id}`));
    return state !== 'receiving';
  }

  function push(tus, photo, file, own) {
    let watch = null;
    return new Promise((resolve, reject) => {
      const alive = () => {
        clearTimeout(watch);
        watch = setTimeout(() => own.stop(), STALL_MS);
      };
      own.upload = new tus.Upload(file, {
        endpoint: new URL(address('/api/v1/photos'), window.location.href).href,
        uploadUrl: photo.id ? new URL(address(`/api/v1/photos/${photo.id}`), window.location.href).href : null,
        chunkSize: PIECE_BYTES,
        retryDelays: null, // when to try again is decided here, for all photos together
        storeFingerprintForResuming: false,
        headers: { 'Accept-Language': config.lang ?? 'id' },
        onUploadUrlAvailable() {
          const id = new URL(own.upload.url).pathname.split('/').pop();
          if (id !== photo.id) tell(photo, { id });
        },
        onProgress(sent) {
          alive();
          tell(photo, { sent }, { keep: false });
        },
        onChunkComplete(_size, sent) {
          alive();
          failures = 0;
          tell(photo, { sent, why: null });
        },
        onSuccess: resolve,
        onError: reject,
      });
      own.stop = () => {
        own.upload.abort().catch(() => {});
        reject(new Error('stopped'));
      };
      alive();
      own.upload.start();
    }).finally(() => clearTimeout(watch));
  }

  /** What became of it; asked until the server knows. */
  async function look(photo, own) {
    for (;;) {
      const told = await getJson(address(`/api/v1/photos/${photo.id}`));
      if (running !== own) return;
      if (told.state === 'kept') {
        const { found, small, width, height } = told;
        tell(photo, { state: 'kept', why: null, found, small, width, height });
        files.remove(photo.key);
        return;
      }
      if (told.state === 'refused') {
        tell(photo, { state: 'refused', why: localName(told.refused?.message) || t('photo_refused') });
        files.remove(photo.key);
        return;
      }
      if (told.received < told.length) {
        // Less has arrived than this page believed: the rest is sent again.
        tell(photo, { state: 'waiting', sent: told.received });
        return;
      }
      await new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
    }
  }

  async function failed(photo, error) {
    const status = error instanceof ApiError ? error.status : error.originalResponse?.getStatus() ?? 0;
    if (photo.id && error instanceof ApiError && [404, 410].includes(status)) {
      // The server has let go of it: sent anew where the file is still here.
      tell(photo, { id: null, state: 'waiting', sent: 0 });
      wait(0);
      return;
    }
    if (afterStatus(status) === 'refused') {
      tell(photo, { state: 'refused', why: await refusal(photo, error, status) });
      files.remove(photo.key);
      return;
    }
    const later = afterStatus(status) === 'later';
    const why = later ? 'photo_too_many_now' : status >= 500 ? 'photo_server_waits' : 'photo_no_connection';
    tell(photo, { state: 'waiting', why: t(why) });
    wait(later ? SLOW_DOWN_MS : 0);
  }

  function wait(leastMs) {
    timer = setTimeout(again, Math.max(leastMs, AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)]));
    failures += 1;
  }

  /** Why the server refused it, as it says itself; else in general words. */
  async function refusal(photo, error, status) {
    if (photo.id) {
      const told = await getJson(address(`/api/v1/photos/${photo.id}`)).catch(() => null);
      if (told?.refused) return localName(told.refused.message);
    }
    if (status === 413) return t('photo_too_large_told', { most: number(maxMb) });
    try {
      const answer = error.details ?? JSON.parse(error.originalResponse.getBody()).error;
      return [answer.message, answer.remedy].filter(Boolean).join(' ') || t('photo_refused');
    } catch {
      return t('photo_refused');
    }
  }

  /** Go on now, whatever there was to wait for. */
  function again() {
    clearTimeout(timer);
    timer = null;
    pump();
  }

  function stop(photo) {
    if (running?.photo !== photo) return;
    const { stop: end } = running;
    running = null;
    end?.();
  }

  window.addEventListener('online', again, { signal: ended.signal });
  window.addEventListener('offline', () => {
    // A request that is under way may hang for minutes: it is given up, and the next one resumes.
    running?.stop?.();
    for (const photo of byState('waiting', 'sending')) tell(photo, { why: t('photo_no_connection') }, { keep: false });
  }, { signal: ended.signal });

  return {
    list,
    most,
    counted,
    room: () => most - counted(),
    underWay: () => byState(...UNDER_WAY),
    refused: () => byState('refused', 'gone'),
    ready: () => byState('kept'),
    file: (photo) => files.get(photo.key),

    /** Go on with what the draft kept; *surely* looks whether what was sent is still there. */
    async resume({ surely = true } = {}) {
      files.keep([...list.map((photo) => photo.key), ...others()]);
      for (const photo of list) if (photo.state === 'sending') photo.state = 'waiting';
      pump();
      if (!surely) return;
      for (const photo of byState('kept')) {
        try {
          await getJson(address(`/api/v1/photos/${photo.id}`));
        } catch (error) {
          if (error instanceof ApiError && error.status === 404) tell(photo, { state: 'gone', why: t('photo_gone') });
        }
      }
    },

    /** Take picked files on; answers how many had no room. */
    add(picked) {
      const taken = [...picked].slice(0, Math.max(most - counted(), 0));
      for (const file of taken) {
        const why = refusedAtOnce(file, maxMb);
        const photo = { key: `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`, id: null, state: why ? 'refused' : 'waiting', bytes: file.size, sent: 0, why: why || null, small: null, found: null };
        list.push(photo);
        // Held before it is sent: a reload may come at any moment.
        if (!why) files.put(photo.key, file).then(pump);
      }
      save();
      changed();
      return picked.length - taken.length;
    },

    /** Take one out; the server is told to forget it, and does so by itself when it isn't. */
    remove(photo) {
      const at = list.indexOf(photo);
      if (at < 0) return;
      list.splice(at, 1);
      stop(photo);
      files.remove(photo.key);
      if (photo.id && photo.state !== 'gone') {
        fetch(address(`/api/v1/photos/${photo.id}`), { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } }).catch(() => {});
      }
      save();
      changed();
      pump();
    },

    /** Try one again that waits or was left out. */
    retry(photo) {
      failures = 0;
      tell(photo, { state: photo.state === 'drawing' ? 'drawing' : 'waiting', skipped: false, why: null });
      again();
    },

    /** Leave out what hasn't arrived: the report goes without it. */
    skip() {
      for (const photo of byState(...UNDER_WAY)) {
        stop(photo);
        tell(photo, { skipped: true, state: photo.state === 'drawing' ? 'drawing' : 'waiting' });
      }
    },

    /** Forget all of them: the report has been sent. */
    clear() {
      for (const photo of list) {
        stop(photo);
        files.remove(photo.key);
      }
      list.splice(0);
    },

    /** Nothing is sent any more; what is kept with the draft stays. */
    end() {
      ended.abort();
      clearTimeout(timer);
      timer = null;
      if (running) stop(running.photo);
    },
  };
}
