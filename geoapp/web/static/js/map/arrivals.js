/** How long after its submission a complaint counts as new; what is older was imported or simulated. */
export const NEW_MS = 10 * 60_000;

const WINDOW_MS = 2000;
const MOST_EVENTS = 20;
const GATHER_MS = 1000;
const PAUSE_MS = 5000;

/**
 * Judges what the live feed tells: new complaints are shown one by one, changes where they are
 * listed, and a flood (an import, a simulation, new boundaries) by loading everything anew, now and
 * then.
 */
export class Arrivals {
  /**
   * @param {object} on
   * @param {(complaint: object) => void} on.arrived a complaint was submitted just now
   * @param {(complaint: object) => void} on.changed one that may be listed has changed
   * @param {() => void} on.older one was added that was submitted earlier
   * @param {() => void} on.flooded more came than can be shown one by one; at most every 5 s
   */
  constructor(on) {
    Object.assign(this, { on, ahead: 0, times: [], timer: null, loaded: -Infinity });
  }

  /** Take over the server's clock: phones are often minutes off. */
  setClock(at, now = Date.now()) {
    const server = Date.parse(at);
    if (!Number.isNaN(server)) this.ahead = server - now;
  }

  /** One event of the feed. Answers false when it went under in a flood. */
  hear({ kind, complaint }, now = Date.now()) {
    this.times = this.times.filter((time) => time > now - WINDOW_MS);
    this.times.push(now);
    if (this.times.length > MOST_EVENTS) {
      this.flood(now);
      return false;
    }
    if (kind !== 'submitted') this.on.changed(complaint);
    else if (Math.abs(now + this.ahead - Date.parse(complaint.submitted_at)) <= NEW_MS) this.on.arrived(complaint);
    else this.on.older(complaint);
    return true;
  }

  flood(now) {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.loaded = Date.now();
      this.on.flooded();
    }, Math.max(GATHER_MS, this.loaded + PAUSE_MS - now));
  }
}
