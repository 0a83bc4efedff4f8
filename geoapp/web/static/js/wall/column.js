import { now } from '../shared/clock.js';
import { groupOf, localName } from '../shared/config.js';
import { byId } from '../shared/dom.js';
import { dayInFull, number, time } from '../shared/format.js';
import { t } from '../shared/i18n.js';

const LONG = 6;
const MINUTE_MS = 60_000;

/** The clock, in the city's time; it steps with the minute. */
export function runClock() {
  const show = () => {
    byId('clock').textContent = time(now());
    byId('date').textContent = dayInFull(now());
  };
  const step = () => {
    show();
    setTimeout(step, MINUTE_MS - (now() % MINUTE_MS) + 20);
  };
  step();
}

/** Write the figures of *summary*, as /api/v1/work/summary answers it. */
export function showNumbers({ open, overdue, due_soon: soon, new_today: today }) {
  figure('open', open, t('wall_due_soon', { n: number(soon) }));
  figure('overdue', overdue, open ? t('wall_of_open', { share: `${number((overdue / open) * 100)}%` }) : '');
  figure('today', today, null);
}

function figure(name, value, note) {
  const node = byId(`n-${name}`);
  node.textContent = number(value);
  node.classList.toggle('long', node.textContent.length > LONG);
  if (note !== null) byId(`n-${name}-note`).textContent = note;
}

/** The alarm's card; null takes it away. *days* is the span its statistics look at. */
export function showAlarm(alarm, days) {
  const card = byId('alarm');
  card.hidden = !alarm;
  if (!alarm) return;
  byId('alarm-title').textContent = [localName(groupOf(alarm.group).name), ...alarm.kelurahan.slice(0, 2)].join(', ');
  byId('alarm-text').textContent = t('wall_alarm', { n: number(alarm.count), days, even: number(alarm.expected, 1), level: `${alarm.confidence}%` });
}
