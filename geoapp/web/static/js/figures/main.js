/** Figures by area: complete without this; with it the page follows when other boundaries come into force. */

import { byId } from '../shared/dom.js';
import { fetchedPage } from '../shared/fetched.js';
import { listen } from '../map/live.js';

const PART = 'areas-live';
let asked = 0;

/** Fetch this page again, as it was asked for, and exchange its figures; the focus stays where it was. */
async function follow() {
  asked += 1;
  const own = asked;
  try {
    const response = await fetch(window.location.href, { headers: { Accept: 'text/html' }, cache: 'no-cache' });
    if (!response.ok) return;
    const part = fetchedPage(await response.text()).getElementById(PART);
    if (!part || own !== asked) return; // a newer question is under way
    const here = byId(PART);
    const places = (root) => [...root.querySelectorAll('a, [tabindex]')];
    const focused = places(here).indexOf(document.activeElement);
    const aside = byId('area-table')?.scrollLeft ?? 0;
    here.replaceChildren(...part.childNodes);
    if (byId('area-table')) byId('area-table').scrollLeft = aside;
    places(here)[focused]?.focus({ preventScroll: true });
    const said = byId('areas-said');
    said.textContent = said.dataset.words;
  } catch {
    // The page keeps what it shows; the next news tries again.
  }
}

const nothing = () => {};
listen({ complaint: nothing, retraction: nothing, reload: nothing, lost: nothing, back: nothing, boundaries: follow });
