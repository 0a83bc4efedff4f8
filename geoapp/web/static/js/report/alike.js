/** Third step: is it here already? One tap supports it instead of repeating it. */

import { address, ApiError, getJson } from '../shared/api.js';
import { groupOf, localName } from '../shared/config.js';
import { byId, el, groupGlyph, icon } from '../shared/dom.js';
import { ago, distance, number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { meToo } from '../shared/metoo.js';

/** Whoever waits longer goes on without. */
const WAIT_MS = 4000;

/**
 * What is alike nearby, asked anew for every place; a failure counts as nothing found.
 *
 * @param {object} app  what the screens share, see main.js
 */
export function createSearch(app) {
  let key = '';
  let found = null;

  return {
    /** What was found for the draft's present place; null without any. */
    found: () => (keyOf(app.draft) === key && found?.complaints.length ? found : null),

    /** Look; resolves to whether there is anything alike. Never rejects. */
    async look() {
      const wanted = keyOf(app.draft);
      if (!wanted) return false;
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(), WAIT_MS);
      try {
        const { lon, lat } = app.draft.place;
        const told = await getJson(address('/api/v1/complaints/alike', { service: app.draft.service, lon, lat }), { signal: limit.signal });
        if (wanted !== keyOf(app.draft)) return false;
        key = wanted;
        found = told;
        return Boolean(told.complaints?.length);
      } catch {
        key = '';
        return false;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function keyOf({ service, place }) {
  return service && place?.kind === 'point' ? `${service}/${place.lon}/${place.lat}` : '';
}

/** "Dikerjakan · didukung 6 warga". */
function standing({ status, supporters }) {
  const supported = supporters > 0 ? t('report_supported', { n: number(supporters), count: supporters }) : null;
  return [t(`status_${status}`), supported].filter(Boolean).join(' · ');
}

/**
 * @param {object} app  what the screens share, see main.js
 */
export function alikeScreen(app) {
  const list = byId('alike-list');
  const failed = byId('alike-failed');
  let asking = false;

  byId('alike-no').addEventListener('click', () => app.go('describe'));

  function card(complaint, index) {
    const group = groupOf(complaint.group);
    const picture = complaint.photos?.[0]
      ? el('img.r-pic', { src: complaint.photos[0].small, alt: t('photo_of', { ticket: complaint.ticket }), loading: 'lazy' })
      : el('span.r-pic.none', {}, groupGlyph(group));
    return el('li.r-alike', { dataset: { ticket: complaint.ticket } },
      el('div.a', {}, picture, el('div', {},
        el('b', {}, el(`span.k.g-${group.code}`, {}, String(index + 1)), localName(complaint.service_name)),
        el('small', {}, `${t('report_from_pin', { distance: distance(complaint.distance_m) })} · `, el('span.nowrap', {}, ago(complaint.submitted_at))),
        el('small', {}, standing(complaint)),
        complaint.description ? el('small.said', { dir: 'auto' }, complaint.description) : null)),
      el('button.btn', { type: 'button', 'aria-label': t('report_me_too_for', { n: index + 1 }), onclick: () => support(complaint) }, icon('i-people'), t('report_me_too')));
  }

  async function support(complaint) {
    if (asking) return;
    asking = true;
    failed.hidden = true;
    try {
      const told = await meToo(complaint.ticket);
      app.supported = { complaint, ...told };
      app.go('thanks', { replace: true });
    } catch (error) {
      const gone = error instanceof ApiError && [404, 409].includes(error.status);
      failed.textContent = t(gone ? 'report_support_gone' : error instanceof ApiError && error.status === 429 ? 'report_support_too_many' : 'report_support_failed');
      failed.hidden = false;
    } finally {
      asking = false;
    }
  }

  function open(index) {
    const item = list.children[index];
    item?.scrollIntoView({ block: 'nearest' });
    item?.querySelector('button')?.focus({ preventScroll: true });
  }

  return {
    open,
    enter() {
      const found = app.alike.found();
      failed.hidden = true;
      byId('alike-count').textContent = t('report_alike_count', {
        n: found.complaints.length, group: localName(groupOf(app.service().group).name).toLowerCase(), radius: distance(found.radius_m),
      });
      list.replaceChildren(...found.complaints.map(card));
      list.parentElement.scrollTop = 0;
    },
  };
}
