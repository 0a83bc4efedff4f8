import { getJson } from '../shared/api.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';

/*
 * What is under way, kept fresh. The server does the work whether anybody looks or not: when the
 * state becomes another one the page is loaded anew and says the rest by itself.
 */

const EVERY_MS = 1000;
const AFTER_FAILURE_MS = 5000;
const FOLLOWED = 'geoapp.followed';

/** @param {HTMLElement|null} box `#run`, as `running` of _boundary_parts.html writes it */
export function following(box) {
  arrived();
  if (!box) return;
  const url = `${box.dataset.at}/state.json`;
  const look = async () => {
    let after = EVERY_MS;
    try {
      const run = await getJson(url, { cache: 'no-store' });
      // Asked for and no more: it could not go on, and the page says why.
      const given = box.dataset.wanted === '1' && !run.wanted;
      if (run.state !== box.dataset.state || given) { again(); return; }
      show(box, run);
    } catch (problem) {
      if (problem.status === 404) { again(); return; }
      // Without an answer nothing is lost: the work goes on at the server.
      box.querySelector('[data-told]').textContent = t('b_lost');
      after = AFTER_FAILURE_MS;
    }
    setTimeout(look, after);
  };
  setTimeout(look, EVERY_MS);
}

/** After the page was loaded anew for its news, whoever reads with the keyboard or by ear stands at them. */
function arrived() {
  try {
    if (!sessionStorage.getItem(FOLLOWED)) return;
    sessionStorage.removeItem(FOLLOWED);
  } catch { return; }
  const news = document.querySelector('#problem, #came, #force-title');
  news?.focus({ preventScroll: true });
  news?.scrollIntoView({ block: 'nearest' });
}

/** Load the page anew where it is; the hash alone would not. */
function again() {
  try { sessionStorage.setItem(FOLLOWED, '1'); } catch { /* only the focus is lost */ }
  const at = location.href.replace(/#.*$/, '');
  history.replaceState(history.state, '', at);
  location.reload();
}

function show(box, run) {
  const deciding = run.state === 'deciding';
  const total = deciding ? run.waiting : run.moving;
  const done = deciding ? run.looked_at : run.moved;
  const bar = box.querySelector('progress');
  if (total) Object.assign(bar, { max: total, value: done });
  const values = { done: number(done), total: number(total) };
  const words = { deciding: 'b_deciding', decided: 'b_switching', switched: 'b_applying' }[run.state];
  box.querySelector('[data-told]').textContent = deciding && !total ? t('b_preparing') : t(words, values);
  let problem = box.querySelector('[data-problem]');
  if (run.problem && !problem) {
    problem = document.createElement('p');
    problem.className = 'o-fault';
    problem.dataset.problem = '';
    box.append(problem);
  }
  if (problem) problem.textContent = run.problem ?? '';
}
