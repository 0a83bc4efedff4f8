import { now as serverNow } from './clock.js';
import { config } from './config.js';
import { t } from './i18n.js';

const locale = () => (config.lang === 'en' ? 'en-GB' : 'id-ID');
const zone = () => config.city?.timezone ?? 'Asia/Jakarta';
const formats = new Map();

function dateFormat(options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), { timeZone: zone(), ...options }));
  return formats.get(key);
}

const MINUTE = 60e3;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 1284 → "1.284" (Indonesian) or "1,284"; *digits* decimals: 4.7 → "4,7". */
export function number(value, digits = 0) {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

/** "08.42", in the city's zone. */
export function time(value) {
  return dateFormat({ hour: '2-digit', minute: '2-digit', hour12: false }).format(new Date(value));
}

/** "19 Nov", with the year when it is not the current one. */
export function day(value) {
  const date = new Date(value);
  const year = dateFormat({ year: 'numeric' });
  const options = { day: 'numeric', month: 'short' };
  if (year.format(date) !== year.format(new Date(serverNow()))) options.year = 'numeric';
  return dateFormat(options).format(date);
}

/** "Kam, 19 Nov"; *long* writes the weekday out: "Kamis, 19 Nov". */
export function weekday(value, long = false) {
  return `${dateFormat({ weekday: long ? 'long' : 'short' }).format(new Date(value))}, ${day(value)}`;
}

/** "Kamis, 19 November". */
export function dayInFull(value) {
  return dateFormat({ weekday: 'long', day: 'numeric', month: 'long' }).format(new Date(value));
}

/** "Kam, 19 Nov, 08.42". */
export function moment(value, long = false) {
  return `${weekday(value, long)}, ${time(value)}`;
}

/** How long ago: "baru saja", "2 mnt lalu", "1 jam lalu", "3 hari lalu", then the day. */
export function ago(value, now = serverNow()) {
  const past = now - new Date(value).getTime();
  if (past < MINUTE) return t('just_now');
  if (past < HOUR) return t('minutes_ago', { n: Math.floor(past / MINUTE) });
  if (past < DAY) return t('hours_ago', { n: Math.floor(past / HOUR) });
  if (past < 7 * DAY) return t('days_ago', { n: Math.floor(past / DAY) });
  return day(value);
}

/** A length of time: one unit, rounded (hours up to 48, then days), or the two largest when *full*. */
export function duration(milliseconds, full = false) {
  const minutes = Math.floor(milliseconds / MINUTE);
  const hours = Math.floor(milliseconds / HOUR);
  const days = Math.floor(milliseconds / DAY);
  if (hours < 1) return t('n_minutes', { n: Math.max(minutes, 1) });
  if (!full) {
    const near = Math.round(milliseconds / HOUR);
    return near <= 48 ? t('n_hours', { n: near }) : t('n_days', { n: Math.round(milliseconds / DAY) });
  }
  if (hours < 48) {
    const rest = minutes % 60;
    return rest ? `${t('n_hours', { n: hours })} ${t('n_minutes', { n: rest })}` : t('n_hours', { n: hours });
  }
  const rest = hours % 24;
  return rest ? `${t('n_days', { n: days })} ${t('n_hours', { n: rest })}` : t('n_days', { n: days });
}

/** A distance: "850 m", "1,2 km". */
export function distance(metres) {
  return metres < 1000 ? `${number(Math.round(metres))} m` : `${number(metres / 1000, 1)} km`;
}
