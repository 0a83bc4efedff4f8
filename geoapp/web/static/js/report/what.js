/** First screen: what is the problem? */

import { address, getJson } from '../shared/api.js';
import { config, groupOf, localName } from '../shared/config.js';
import { byId, el, groupGlyph, icon } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { following } from './flow.js';
import { frequent, grouped, matching } from './services.js';
import { targetText } from './words.js';

const FREQUENCY_WAIT_MS = 1200;

/**
 * @param {object} app  what the screens share, see main.js
 * @returns {{enter: () => void, failed: (retry: () => void) => void}}
 */
export function whatScreen(app) {
  const search = byId('what-search');
  const found = byId('what-found');
  const all = byId('what-all');
  const failure = byId('what-error');
  let groups = null;

  search.addEventListener('input', showFound);
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && search.value) {
      search.value = '';
      showFound();
      event.preventDefault();
    }
  });

  function choose(service) {
    const changed = app.draft.service !== service.code;
    const change = { service: service.code };
    // The agency and the target belong to the service: a kept answer would be the old one's.
    if (changed && app.draft.place) change.place = { ...app.draft.place, located: null };
    // What needs no place gets none by oversight.
    if (changed && !service.needs_place) change.place = null;
    app.save(change);
    delete app.refused.service;
    app.go(following('what', app.draft, service));
  }

  function row(service) {
    const chosen = app.draft.service === service.code;
    return el('li', {}, el('button.r-pick', {
      type: 'button', 'aria-current': chosen ? 'true' : null, onclick: () => choose(service),
    },
    groupGlyph(groupOf(service.group)),
    el('span', {}, el('b', {}, localName(service.name)), el('small', {}, `${service.agency.name} `, el('span.r-target', {}, targetText(service.clock, service.target)))),
    icon(chosen ? 'i-check' : 'i-right')));
  }

  function showFound() {
    const query = search.value.trim();
    all.hidden = Boolean(query);
    found.hidden = !query;
    if (!query) return;
    const services = matching(groups ?? [], query);
    found.replaceChildren(
      services.length
        ? el('ul.r-services', { 'aria-label': t('report_found', { n: services.length }) }, services.map(row))
        : el('div.state', {}, el('b', {}, t('report_found_none')), el('span', {}, t('report_found_none_hint')),
          el('button.btn', { type: 'button', onclick: () => { search.value = ''; showFound(); search.focus(); } }, t('report_found_clear'))),
    );
    app.say(services.length ? t('report_found', { n: services.length }) : t('report_found_none'));
  }

  async function frequencies() {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), FREQUENCY_WAIT_MS);
    try {
      const url = address('/api/v1/summary', { since: 'P90D', status: 'all' });
      return (await getJson(url, { signal: limit.signal })).by_group ?? {};
    } catch {
      return {}; // Only the order depends on it: the catalogue's own is good enough.
    } finally {
      clearTimeout(timer);
    }
  }

  function details(group, services) {
    return el('details', { name: 'groups' },
      el('summary', {}, groupGlyph(groupOf(group.code)), el('b', {}, localName(group.name)),
        el('span.n', {}, String(services.length)), icon('i-down')),
      el('ul.r-services', {}, services.map(row)));
  }

  async function build() {
    groups ??= grouped(app.catalogue, await frequencies());
    byId('what-frequent').replaceChildren(...frequent(groups).map(row));
    byId('what-groups').replaceChildren(...groups.map((one) => details(one.group, one.services)));
    const own = app.service();
    if (own) {
      const index = groups.findIndex(({ group }) => group.code === own.group);
      byId('what-groups').children[index]?.setAttribute('open', '');
    }
    showFound();
  }

  return {
    enter() {
      if (!app.catalogue) return; // it is on its way, or failed() says that it isn't
      failure.hidden = true;
      if (app.refused.service) {
        failure.replaceChildren(el('b', {}, app.refused.service));
        failure.hidden = false;
      }
      build();
    },
    failed(retry) {
      all.hidden = true;
      failure.replaceChildren(
        el('b', {}, t('report_catalogue_failed')),
        el('span', {}, t('report_catalogue_failed_hint', { city: config.city.name })),
        el('button.btn', { type: 'button', onclick: () => { failure.hidden = true; all.hidden = false; retry(); } }, t('try_again')),
      );
      failure.hidden = false;
    },
  };
}
