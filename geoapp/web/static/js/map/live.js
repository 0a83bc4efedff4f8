import { address } from '../shared/api.js';
import { now as serverNow } from '../shared/clock.js';
import { config } from '../shared/config.js';

const GRACE_MS = 2000;

/**
 * The feed of changes, from where it stood when the page was made. The browser reconnects by itself
 * and names the last event it has seen, so what happened meanwhile is delivered; when the server
 * answers with an error we try again later.
 *
 * @param {{hello?: Function, complaint: Function, retraction: Function, reload: Function, boundaries?: () => void, lost: (since: Date) => void, back: () => void}} on
 *   *boundaries*: the city goes by another set of areas, or the complaints have all followed one
 * @param {string} path of the feed: the public one, or that of staff
 * @returns {() => void} stops it for good
 */
export function listen(on, path = '/live') {
  let source = null;
  let last = null;
  let boundaries = config.live?.boundaries ?? null;
  let down = false;
  let timer = null;
  let again = null;
  let pause = 1000;
  const here = new AbortController();

  const alive = () => {
    pause = 1000;
    clearTimeout(timer);
    timer = null;
    if (down) { down = false; on.back(); }
  };
  const hear = (name, handle) => source.addEventListener(name, (event) => {
    alive();
    handle(event.data ? JSON.parse(event.data) : {});
  });
  const broken = () => {
    if (!down && timer === null) last = new Date(serverNow());
    timer ??= setTimeout(() => {
      timer = null;
      if (source.readyState === EventSource.OPEN) return;
      if (!down) { down = true; on.lost(last); }
    }, GRACE_MS);
    if (source.readyState !== EventSource.CLOSED) return;
    again = setTimeout(connect, pause);
    pause = Math.min(pause * 2, 30_000);
  };

  function connect() {
    source?.close();
    const fresh = source === null;
    const from = fresh && config.live ? `?last_event_id=${encodeURIComponent(config.live.last_event_id)}` : '';
    source = new EventSource(address(`${path}${from}`));
    source.addEventListener('open', () => { alive(); if (!fresh) on.reload(); });
    source.addEventListener('error', broken);
    hear('hello', (told) => {
      // another set may have come into force while nobody listened
      if (boundaries && told.boundaries && told.boundaries !== boundaries) on.boundaries?.();
      boundaries = told.boundaries || boundaries;
      on.hello?.(told);
    });
    hear('boundaries', ({ version }) => { boundaries = version; on.boundaries?.(); });
    hear('complaint', on.complaint);
    hear('retraction', on.retraction);
    hear('reload', on.reload);
  }

  connect();
  window.addEventListener('pagehide', () => source.close(), { signal: here.signal });
  window.addEventListener('pageshow', (event) => { if (event.persisted) connect(); }, { signal: here.signal });
  return () => {
    here.abort();
    for (const waiting of [timer, again]) clearTimeout(waiting);
    source.close();
  };
}
