import { address, getJson } from '../shared/api.js';
import { now } from '../shared/clock.js';
import { config } from '../shared/config.js';
import { listen } from '../map/live.js';

const PATIENCE_MS = 20_000;
const PROBE_MS = 5000;
const SIGN_IN_MS = 60_000;

/**
 * The wall's connection: the feed, and what it asks for. Either tells that the server is away. A feed
 * whose cable was pulled can stay silent for ever, so a question that was not answered counts, and
 * after it the feed is begun anew.
 */
export class Link {
  /**
   * @param {object} on
   * @param {Object<string, Function>} on.feed handlers as of `listen`, without lost and back
   * @param {(since: Date) => void} on.lost nothing reaches the server any more
   * @param {() => void} on.back everything does again: fetch what was missed
   * @param {(why: 'signed_out'|'refused') => void} on.ended nothing may be shown any more
   */
  constructor(on) {
    Object.assign(this, { on, down: new Set(), ended: null, contact: now(), probe: null, stop: null });
  }

  /** Follow the feed from where the page was made; later from now on. */
  follow() {
    this.stop?.();
    this.down.delete('feed');
    this.stop = listen({
      ...this.on.feed,
      lost: (since) => { this.fails('feed', since); this.look(); },
      back: () => this.holds('feed'),
    }, '/live/work');
    config.live = null; // whoever begins anew fetches everything, and needs no past
  }

  /**
   * Ask for JSON at *path*. Never rejects.
   *
   * @returns {Promise<any|null>} null when there is no answer, or none that can be shown
   */
  async ask(path, parameters = {}, options = {}) {
    if (this.ended) return null;
    try {
      const body = await getJson(address(path, parameters), { ...options, signal: AbortSignal.timeout(PATIENCE_MS) });
      this.contact = now();
      this.holds('questions');
      return body;
    } catch (error) {
      if (error.status === 401) this.end('signed_out');
      else if (error.status === 403) this.end('refused');
      else if (!error.status || error.status >= 500) this.fails('questions', new Date(this.contact));
      return null;
    }
  }

  /** Which version of the page is served now; null when that can't be known. */
  async version() {
    return (await this.ask('/command', { wall: 'version' }))?.version ?? null;
  }

  fails(what, since) {
    if (this.ended) return;
    if (!this.down.size) this.on.lost(since);
    this.down.add(what);
    this.probe ??= setInterval(() => this.look(), PROBE_MS);
  }

  holds(what) {
    if (!this.down.delete(what)) return;
    if (what === 'questions') this.follow();
    if (this.down.size) return;
    clearInterval(this.probe);
    this.probe = null;
    this.on.back();
  }

  /** Is anybody there? One question at a time. */
  async look() {
    if (this.looking) return;
    this.looking = true;
    await this.version();
    this.looking = false;
  }

  end(why) {
    if (this.ended) return;
    this.ended = why;
    this.stop?.();
    clearInterval(this.probe);
    this.on.ended(why);
    // somebody may sign in by another window of this browser
    setInterval(async () => {
      const there = await fetch(address('/command', { wall: 'version' }), { headers: { Accept: 'application/json' } }).catch(() => null);
      if (there?.ok) location.reload();
    }, SIGN_IN_MS);
  }
}
