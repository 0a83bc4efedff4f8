/** Where one stands: asked for when it is wanted, or when it was allowed before. Never sent unasked. */

import { deviceFix } from '../report/pinmap.js';

/**
 * @param {(at: {lon: number, lat: number, accuracyM: number}) => void} moved  called with every better place
 */
export function createPosition(moved) {
  let at = null;
  let watch = null;

  function take(fix) {
    at = fix;
    moved(fix);
  }

  function follow() {
    if (watch !== null || !navigator.geolocation) return;
    watch = navigator.geolocation.watchPosition(
      ({ coords }) => take({ lon: coords.longitude, lat: coords.latitude, accuracyM: coords.accuracy }),
      () => {},
      { enableHighAccuracy: true, maximumAge: 15_000 },
    );
  }

  document.addEventListener('visibilitychange', () => {
    // A phone in the pocket needs its battery.
    if (document.hidden && watch !== null) { navigator.geolocation.clearWatch(watch); watch = null; } else if (!document.hidden && at) follow();
  });

  return {
    get at() { return at; },
    /** Ask the device; rejects with 'denied', 'unavailable', 'timeout' or 'unsupported'. */
    async find() {
      take(await deviceFix());
      follow();
      return at;
    },
    /** Start by itself where it was allowed before. */
    async resume() {
      const state = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null);
      if (state?.state === 'granted') await this.find().catch(() => {});
    },
  };
}
