/**
 * A complaint's own page: fresh by itself, with a map where there is a place.
 *
 * The server alone knows how the page reads. On news of this ticket the script fetches
 * the page again and exchanges its live part, so nothing is worded twice.
 */

import { now as serverNow } from '../shared/clock.js';
import { config } from '../shared/config.js';
import { deadlineBadge } from '../shared/deadline.js';
import { byId } from '../shared/dom.js';
import { fetchedPage } from '../shared/fetched.js';
import { time } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { shellMap } from '../report/ground.js';
import { copyText, shareLink } from './link.js';
import { showPlace } from './place.js';
import { joinBox, showPictures } from './join.js';
import { owner } from './owner.js';

const TICK_MS = 60_000;
const main = byId('content');
const { ticket } = main.dataset;
const said = byId('ticket-said');
const lost = byId('ticket-lost');
let lastContact = serverNow();
let running = null; // a promise, while the page is loaded anew
let again = false;
let ground = null; // the version of the boundaries in force, as the feed told it last

/** Put the deadline's badge beside the status; it ages, so it is drawn anew every minute. */
function showDeadline() {
  const place = document.querySelector('[data-deadline]');
  if (!place) return;
  const badge = deadlineBadge(place.dataset.statusCode, place.dataset.due || null, { full: true });
  // "Selesai" beside "Selesai" says nothing new.
  place.replaceChildren(...(badge && !badge.classList.contains('done') ? [badge] : []));
}

/** Load the page's live part and the own view anew; while that goes on, once more afterwards. */
function refresh() {
  if (running) {
    again = true;
    return running;
  }
  running = (async () => {
    do {
      again = false;
      await renew();
    } while (again);
  })().finally(() => { running = null; });
  return running;
}

/** Fetch this page again and exchange its live part; tells a screen reader a new status. */
async function renew() {
  try {
    const [response] = await Promise.all([fetch(window.location.href, { headers: { Accept: 'text/html' } }), mine.load()]);
    if (!response.ok) return;
    const part = fetchedPage(await response.text()).getElementById('ticket-live');
    if (!part) return;
    const before = statusCode();
    const why = document.querySelector('.c-why')?.open;
    const live = byId('ticket-live');
    live.replaceChildren(...part.childNodes);
    Object.assign(live.dataset, part.dataset);
    if (why) document.querySelector('.c-why')?.setAttribute('open', '');
    showAll();
    if (statusCode() !== before) said.textContent = t('ticket_now', { status: t(`status_${statusCode()}`) });
  } catch {
    // The page keeps what it shows; the next contact brings the news.
  }
}

function statusCode() {
  return document.querySelector('[data-deadline]')?.dataset.statusCode;
}

function listen() {
  if (typeof EventSource !== 'function') return;
  const source = new EventSource(`${config.base ?? ''}/live`);
  let opened = false;
  source.addEventListener('open', () => {
    if (!lost.hidden || opened) refresh(); // what came while the line was down
    opened = true;
    lost.hidden = true;
    lastContact = serverNow();
  });
  source.addEventListener('error', () => {
    if (lost.hidden) {
      lost.lastElementChild.textContent = t('ticket_lost', { time: time(lastContact) });
      lost.hidden = false;
    }
  });
  for (const kind of ['complaint', 'retraction']) {
    source.addEventListener(kind, (event) => {
      lastContact = serverNow();
      if (ticketOf(event.data) === ticket) refresh();
    });
  }
  source.addEventListener('hello', (event) => hearGround(event.data));
  source.addEventListener('boundaries', (event) => hearGround(event.data, true));
  source.addEventListener('reload', refresh);
  // A page put away by the browser must not hold a connection of the server.
  window.addEventListener('pagehide', () => source.close());
  window.addEventListener('pageshow', (event) => event.persisted && window.location.reload());
}

function ticketOf(text) {
  const data = parsed(text);
  return data.complaint?.ticket ?? data.ticket ?? null;
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** The feed names the boundaries in force, on every contact and when others come: page and map follow. */
function hearGround(text, told = false) {
  const data = parsed(text);
  const version = data.boundaries ?? data.version ?? ground;
  const other = told || (ground !== null && version !== ground);
  ground = version;
  if (!other) return;
  followGround().catch(() => {}); // the map keeps the lines it has; the words are right
  refresh();
}

function buttons() {
  const copy = byId('ticket-copy');
  const url = copy.dataset.url || window.location.href;
  copy.addEventListener('click', async () => {
    const copied = await copyText(url);
    copy.lastElementChild.textContent = t(copied ? 'report_link_copied' : 'report_copy_failed');
    said.textContent = copy.lastElementChild.textContent;
  });
  const share = byId('ticket-share');
  share.hidden = typeof navigator.share !== 'function';
  share.addEventListener('click', () => shareLink(url, t('report_share_title', { ticket })));
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refresh(); // a confidential report has no feed: it is looked at again
});
const say = (text) => { said.textContent = text; };
const mine = owner({ ticket, source: main.dataset.tus, refresh, say });
const join = joinBox({ ticket, owned: mine.owned, status: statusCode, refresh, say });

/** Everything that depends on how the complaint stands now, and on who looks. */
function showAll() {
  showDeadline();
  showPictures(ticket);
  mine.show();
  join();
}

showAll();
mine.load().then(showAll);
window.addEventListener('hashchange', () => mine.load(true).then(showAll));
setInterval(showDeadline, TICK_MS);
buttons();
const followGround = main.dataset.lon
  ? showPlace(shellMap(), Number(main.dataset.lon), Number(main.dataset.lat), Number(main.dataset.within))
  : async () => {};
listen();
