import { config } from './config.js';

/*
 * The server's time on a phone whose clock is wrong. The page brings the time at which the server
 * wrote it; the phone counts on from there. A page that comes out of the browser's cache brings an
 * old time: then what the last fresh page found out holds.
 */
const KEY = 'geoapp.ahead';

/**
 * How many milliseconds the server is ahead of this device.
 *
 * @param {string|undefined} at  the page's time, ISO 8601
 * @param {{timeOrigin: number, responseStart: number, transferSize: number}|null} arrival  how the
 *   page came; null where the browser doesn't tell
 * @param {{get: () => string|null, put: (ahead: string) => void}} kept
 */
export function aheadOf(at, arrival, kept, device = Date.now()) {
  const server = Date.parse(at);
  if (Number.isNaN(server) || (arrival && arrival.transferSize === 0)) return Number(kept.get()) || 0;
  // the answer may have come long before this script ran
  const ahead = server - (arrival ? arrival.timeOrigin + arrival.responseStart : device);
  kept.put(String(ahead));
  return ahead;
}

function arrivalOfPage() {
  const [navigation] = globalThis.performance?.getEntriesByType?.('navigation') ?? [];
  if (!(navigation?.responseStart > 0)) return null;
  const { responseStart, transferSize } = navigation;
  return { timeOrigin: performance.timeOrigin, responseStart, transferSize };
}

// A browser that keeps nothing (private mode, full) throws at either.
const kept = {
  get() {
    try { return sessionStorage.getItem(KEY); } catch { return null; }
  },
  put(ahead) {
    try { sessionStorage.setItem(KEY, ahead); } catch { /* it is told anew by the next page */ }
  },
};

let ahead = aheadOf(config.now, arrivalOfPage(), kept);

/** The server's time in milliseconds, as `Date.now()` is this device's. */
export const now = () => Date.now() + ahead;

/** Take over the server's time, told just now. */
export function setClock(at) {
  ahead = aheadOf(at, null, kept);
}
