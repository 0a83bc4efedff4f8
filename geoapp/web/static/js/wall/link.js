import { address } from '../shared/api.js';
import { now } from '../shared/clock.js';
import { config } from '../shared/config.js';
import { listen } from '../map/live.js';

const PATIENCE_MS = 20_000;
const PROBE_MS = 5000;
const SIGN_IN_MS = 60_000;
const AS_JSON = { Accept: 'application/json' };
const ENDS = { 401: 'signed_out', 403: 'refused' };

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
    this.stop = listen({
      ...this.on.feed,
      hello: (told) => { this.on.feed.hello(told); this.holds('feed'); },
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
  async ask(path, parameters = {}) {
    if (this.ended) return null;
    let status;
    try {
      const answer = await fetch(address(path, parameters), { headers: AS_JSON, signal: AbortSignal.timeout(PATIENCE_MS) });
      status = answer.status;
      const body = await answer.json(); // an answer that breaks off is none
      if (answer.ok) {
        this.contact = now();
        this.holds('questions');
        return body;
      }
    } catch {
      status = 0;
    }
    if (ENDS[status]) this.end(ENDS[status]);
    else if (!status || status >= 500) this.fails('questions', new Date(this.contact));
    return null;
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
    if (what === 'questions') {
      this.down.add('feed'); // until it says hello: what happens before that is fetched after it
      this.follow();
    }
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
      const there = await fetch(address('/command', { wall: 'version' }), { headers: AS_JSON }).catch(() => null);
      if (there?.ok) location.reload();
    }, SIGN_IN_MS);
  }
}

/**
 * *run*, one at a time: asked for while it runs, it runs once more afterwards. A server that answers
 * slower than the wall asks is not asked more and more.
 */
export function oneAtATime(run) {
  let running = null;
  let again = false;
  const go = () => {
    if (running) { again = true; return running; }
    running = run().finally(() => {
      running = null;
      if (again) { again = false; go(); }
    });
    return running;
  };
  return go;
}
