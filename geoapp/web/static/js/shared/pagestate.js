/**
 * What a page shows, held by the address bar: filters replace the entry, opening a complaint pushes
 * one, and back closes what was opened last.
 *
 * @param {object} how
 * @param {(search: string) => object} how.read parses a query string; the state has `open`, a ticket or null
 * @param {(state: object) => string} how.write the query string of a state, with its question mark; '' for none
 * @param {Object<string, (before: object, now: object) => boolean>} how.topics what can be listened
 *   to, and whether it has changed
 */
export function pageState({ read, write, topics }) {
  const events = new EventTarget();
  const inBrowser = typeof window !== 'undefined' && typeof location !== 'undefined';
  let current = read(inBrowser ? location.search : '');

  const announce = (before) => {
    for (const [name, changed] of Object.entries(topics)) if (changed(before, current)) events.dispatchEvent(new Event(name));
  };
  const put = (how, pushed) => history[how]({ pushed }, '', write(current) || location.pathname);

  if (inBrowser) {
    window.addEventListener('popstate', () => {
      // Entries differ in the open complaint only; filters set since then stay.
      const before = current;
      current = { ...current, open: read(location.search).open };
      history.replaceState(history.state, '', write(current) || location.pathname);
      announce(before);
    });
  }

  const page = {
    /** The present state; do not change it, use update(). */
    get: () => current,
    /** Listen to one of the topics. */
    on: (name, handler) => events.addEventListener(name, handler),
    /** Change parts of it. Opening a complaint pushes a history entry, as *push* does; all else replaces it. */
    update(changes, { push = false } = {}) {
      const before = current;
      current = { ...current, ...changes };
      const opening = Boolean(changes.open) && !before.open;
      put(opening || push ? 'pushState' : 'replaceState', opening || history.state?.pushed);
      announce(before);
    },
    /** Close the open complaint: step back when opening it had pushed an entry. */
    close() {
      if (!current.open) return;
      if (history.state?.pushed) history.back();
      else page.update({ open: null });
    },
  };
  return page;
}

/** "13/-1.6125/103.6105" → {zoom, lat, lon}; null when it is no view of the earth. */
export function parseView(text) {
  const [zoom, lat, lon] = (text ?? '').split('/').map(Number);
  const sound = zoom >= 0 && zoom <= 20 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return sound ? { zoom, lat, lon } : null;
}
