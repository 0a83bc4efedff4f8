/** The list of the open work, and what stands in its place when there is none. */

import { config, localName } from '../shared/config.js';
import { deadlineBadge } from '../shared/deadline.js';
import { el, icon } from '../shared/dom.js';
import { distance } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { metres, running } from './rules.js';

/** "Kel. Legok · 310 m · Anda": where it is, how far, who has it. */
export function meta({ geometry, properties }, at) {
  const where = properties.kelurahan ? t('kelurahan_short', { name: properties.kelurahan.name }) : t('no_place');
  const far = geometry && at ? distance(metres(at, { lon: geometry.coordinates[0], lat: geometry.coordinates[1] })) : null;
  const has = properties.officer === null ? null : properties.officer.id === config.me.id ? t('field_mine') : properties.officer.name;
  return [where, far, has].filter(Boolean).join(' · ');
}

/** One job as a row that opens it. */
export function jobRow(feature, index, { at, selected, open, now }) {
  const { properties } = feature;
  return el('li', {}, el('a.job', {
    href: `?open=${encodeURIComponent(properties.ticket)}`, class: `job${properties.ticket === selected ? ' next' : ''}`,
    onclick: (event) => { if (!event.ctrlKey && !event.metaKey) { event.preventDefault(); open(properties.ticket); } },
  },
  el('span.k', {}, String(index + 1)),
  el('span.what', {}, el('b', {}, localName(properties.service_name)), el('span.meta', {}, meta(feature, at)),
    running(properties, config.me) ? el('span.f-running', {}, icon('s-in_progress'), t('field_running')) : null),
  deadlineBadge(properties.status, properties.deadline.due_at, { now })));
}

/** Rows that say "something comes", after a moment. */
export const skeletons = () => Array.from({ length: 4 }, () => el('li', {}, el('span.job.loading', {},
  el('span.k'), el('span.what', {}, el('span.skeleton.wide'), el('span.skeleton.narrow')))));

/** What is said instead of a list: title, why, and the ways on. */
export const stateOf = (title, why, ...ways) => [el('b', {}, title), why ? el('span', {}, why) : null, ...ways].filter(Boolean);
