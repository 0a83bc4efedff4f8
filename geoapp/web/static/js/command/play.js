import { address, getJson } from '../shared/api.js';
import { el, icon } from '../shared/dom.js';
import { day as dayName, number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import * as state from './state.js';

const STEP_MS = 500; // two days a second
const SPANS = [1, 7, 30];
const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 28;

/** Noon, so that a day stays the same day in every zone. */
const nameOf = (day) => dayName(`${day}T12:00:00Z`);

/**
 * The days that are shown when the last of them is number *at*, as filters.
 *
 * @param {Array<{day: string}>} days in order, none left out
 */
export function windowOf(days, at, span) {
  return { since: days[Math.max(0, at - span + 1)].day, until: days[at].day };
}

/**
 * Play the city back: what came in during a window of days that moves on. The map alone follows;
 * how the complaints stand is how they stand today, and it is said.
 */
export class Play {
  /**
   * @param {HTMLElement} node
   * @param {object} context of the page
   * @param {{moved: () => void, busy: () => boolean}} on *moved*: other days are to be shown; *busy*: the last ones are still on their way
   */
  constructor(node, context, { moved, busy }) {
    Object.assign(this, { node, context, moved, busy, days: [], at: null, span: 7, timer: null });
    this.button = el('button.btn.icon.quiet', { type: 'button', onclick: () => (this.timer ? this.pause() : this.run()) });
    this.range = el('input', { type: 'range', min: 0, step: 1, 'aria-label': t('play_day'), oninput: () => { this.pause(); this.show(Number(this.range.value)); } });
    this.bars = document.createElementNS(SVG, 'svg');
    this.bars.setAttribute('preserveAspectRatio', 'none');
    this.bars.setAttribute('aria-hidden', 'true');
    [this.from, this.to, this.most, this.told] = [el('span'), el('span'), el('b'), el('p.c-play-told', { hidden: true })];
    this.spans = el('select', { 'aria-label': t('play_window'), onchange: () => { this.span = Number(this.spans.value); if (this.at !== null) this.show(this.at); } },
      ...SPANS.map((span) => el('option', { value: span, selected: span === this.span }, t('filter_days', { n: span }))));
    this.end = el('button.btn.icon.quiet', { type: 'button', 'aria-label': t('play_close'), title: t('play_close'), hidden: true, onclick: () => { this.stop(); this.button.focus(); } }, icon('i-x'));
    node.replaceChildren(this.button,
      el('div.c-play-from', {}, el('b', {}, t('play_title')), this.from),
      el('div.c-play-days', {}, this.bars, this.range),
      el('div.c-play-to', {}, this.most, this.to), el('label.sel', {}, this.spans, icon('i-down')), this.end, this.told);
    this.face();
  }

  /** The filters of the play back: what came, whatever became of it, unless a status was asked for. */
  get filters() {
    const { status } = state.get();
    return status === 'open' ? { status: 'all' } : {};
  }

  /** What the map asks for beside the page's filters; nothing while the play back rests. */
  window() { return this.at === null ? {} : { ...this.filters, ...windowOf(this.days, this.at, this.span) }; }

  /** Ask how many came day by day under the present filters. */
  async load() {
    const asked = this.asked = {};
    try {
      const { days } = await getJson(address('/api/v1/work/daily', { ...state.query('daily'), ...this.filters }));
      if (asked !== this.asked) return;
      this.take(days);
    } catch {
      if (asked === this.asked && !this.days.length) this.node.hidden = true; // what is no use is not there
    }
  }

  take(days) {
    const before = this.at === null ? null : this.days[this.at].day;
    this.days = days;
    this.node.hidden = days.length < 2;
    if (this.node.hidden) { this.stop(); return; }
    const most = Math.max(1, ...days.map((one) => one.received));
    this.bars.setAttribute('viewBox', `0 0 ${days.length} ${HEIGHT}`);
    this.bars.replaceChildren(...days.map(({ received }, i) => {
      const bar = document.createElementNS(SVG, 'rect');
      const high = received ? Math.max(1, (received / most) * HEIGHT) : 0;
      for (const [name, value] of Object.entries({ x: i + 0.12, y: HEIGHT - high, width: 0.76, height: high })) bar.setAttribute(name, value);
      return bar;
    }));
    this.range.max = days.length - 1;
    this.most.textContent = t('play_most', { n: number(most) });
    [this.from.textContent, this.to.textContent] = [nameOf(days[0].day), nameOf(days.at(-1).day)];
    if (before === null) { this.range.value = days.length - 1; this.say(); return; }
    const again = days.findIndex((one) => one.day === before);
    if (again < 0) this.stop();
    else { this.at = again; this.mark(); }
  }

  run() {
    if (!this.days.length) return;
    if (this.at === null || this.at === this.days.length - 1) this.show(0);
    this.timer = setInterval(() => {
      if (this.busy() || document.hidden) return; // a slow answer is waited for
      if (this.at >= this.days.length - 1) { this.pause(); return; }
      this.show(this.at + 1);
    }, STEP_MS);
    this.face();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.face();
  }

  /** The whole period again. */
  stop() {
    this.pause();
    if (this.at === null) return;
    this.at = null;
    this.range.value = this.days.length - 1;
    this.mark();
    this.moved();
  }

  show(at) {
    this.at = at;
    this.range.value = at;
    this.mark();
    this.moved();
  }

  face() {
    const words = t(this.timer ? 'play_stop' : 'play_start');
    this.button.replaceChildren(icon(this.timer ? 'i-pause' : 'i-play'));
    this.button.setAttribute('aria-label', words);
    this.button.title = words;
  }

  mark() {
    const playing = this.at !== null;
    const first = playing ? Math.max(0, this.at - this.span + 1) : 0;
    for (const [i, bar] of [...this.bars.children].entries()) bar.classList.toggle('in', playing && i >= first && i <= this.at);
    this.node.classList.toggle('on', playing);
    this.end.hidden = !playing;
    this.told.hidden = !playing;
    this.say();
    if (!playing) return;
    const { since, until } = windowOf(this.days, this.at, this.span);
    const n = this.days.slice(first, this.at + 1).reduce((sum, one) => sum + one.received, 0);
    this.told.textContent = `${t('play_span', { since: nameOf(since), until: nameOf(until), n: number(n), count: n })}. ${t('play_note')}`;
  }

  say() {
    const { day, received } = this.days[Number(this.range.value)] ?? this.days.at(-1);
    this.range.setAttribute('aria-valuetext', `${nameOf(day)}: ${number(received)}`);
  }
}
