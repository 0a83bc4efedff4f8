/** Two screens that settle the kelurahan: the question about a pin in doubt, and the list. */

import { address, getJson } from '../shared/api.js';
import { localName } from '../shared/config.js';
import { byId, el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { following } from './flow.js';
import { kecamatanName, locatedRows, serviceRow } from './where.js';
import { answerRows, spoken } from './words.js';

const OTHER = 'other';
const UNKNOWN = 'unknown';

/**
 * Kelurahan of the city by kecamatan, both in the order of the alphabet.
 *
 * @param {{properties: object}[]} features  of GET /api/v1/areas
 * @returns {[string, {code: string, name: string, kecamatan: string}[]][]}
 */
export function byKecamatan(features) {
  const groups = new Map();
  for (const { properties } of features) {
    const parent = properties.parent_name ?? '';
    if (!groups.has(parent)) groups.set(parent, []);
    groups.get(parent).push({ code: properties.code, name: properties.name, kecamatan: parent });
  }
  for (const areas of groups.values()) areas.sort((a, b) => a.name.localeCompare(b.name));
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}

async function fillSelect(app, select, chosen) {
  const { features } = await app.areas();
  select.replaceChildren(
    el('option', { value: '' }, t('report_choose')),
    ...byKecamatan(features).map(([parent, areas]) => el('optgroup', { label: t('report_kecamatan', { name: parent }) },
      areas.map((area) => el('option', { value: area.code }, area.name)))),
  );
  select.value = chosen ?? '';
  if (select.selectedIndex < 0) select.value = '';
}

async function areaByCode(app, code) {
  const { features } = await app.areas();
  return features.find((one) => one.properties.code === code) ?? null;
}

function showError(node, text) {
  node.textContent = text;
  node.hidden = !text;
}

/**
 * "Apakah ini di Kelurahan …?" with the server's choices, another one, or "I do not know".
 *
 * @param {object} app  what the screens share, see main.js
 */
export function confirmScreen(app) {
  const form = byId('confirm-form');
  const choices = byId('confirm-choices');
  const other = byId('confirm-other');
  const select = byId('confirm-area');
  const error = byId('confirm-error');

  choices.addEventListener('change', () => {
    other.hidden = picked() !== OTHER;
    showError(error, '');
    const code = picked();
    app.showArea(code === OTHER ? select.value : code === UNKNOWN ? null : code);
    if (!other.hidden) select.focus();
  });
  select.addEventListener('change', () => app.showArea(select.value));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = picked();
    if (!answer || (answer === OTHER && !select.value)) {
      showError(error, t('report_confirm_missing'));
      (answer === OTHER ? select : choices.querySelector('input'))?.focus();
      return;
    }
    await keep(answer === OTHER ? select.value : answer);
    app.onward('confirm', form.querySelector('[type=submit]'));
  });

  function picked() {
    return new FormData(form).get('kelurahan');
  }

  async function keep(code) {
    const place = { ...app.draft.place, answered: true, kelurahan: null, name: null, kecamatan: null };
    if (code !== UNKNOWN) {
      const choice = offered(place).find((one) => one.code === code);
      const area = choice ? null : await areaByCode(app, code).catch(() => null);
      place.kelurahan = code;
      place.name = choice?.name ?? area?.properties.name ?? null;
      place.kecamatan = choice ? kecamatanName(choice) : area?.properties.parent_name ?? null;
    }
    app.save({ place });
    delete app.refused.kelurahan;
  }

  /** The server's choices, the one it would take first. */
  function offered(place) {
    const { kelurahan, kecamatan, confirm } = place.located;
    const list = confirm.choices ?? [];
    if (!kelurahan) return list;
    const own = list.find((one) => one.code === kelurahan.code) ?? { ...kelurahan, kecamatan };
    return [own, ...list.filter((one) => one.code !== kelurahan.code)];
  }

  /** Which of two or three it is, where the server names them; else whether it is the one it takes. */
  function asked(question, name) {
    if (question) return localName(question);
    return name ? t('report_confirm_question', { name }) : t('report_list_question');
  }

  function radio(value, strong, small, checked) {
    const input = el('input', { type: 'radio', name: 'kelurahan', value });
    input.checked = checked;
    return el('label.r-check', {}, input, el('span', {}, el('b', {}, strong), small ? el('small', {}, small) : null));
  }

  return {
    enter() {
      const { place } = app.draft;
      const list = offered(place);
      const name = place.located.kelurahan?.name;
      const { question, why, reason } = place.located.confirm;
      byId('confirm-question').textContent = asked(question, name);
      byId('confirm-why').textContent = why ? localName(why) : t(`report_confirm_${reason ?? 'approximate'}`);
      const known = list.some((one) => one.code === place.kelurahan);
      choices.replaceChildren(
        ...list.map((one, index) => radio(
          one.code,
          t(question || !name ? 'report_kelurahan' : index === 0 ? 'report_confirm_yes' : 'report_confirm_no', { name: one.name }),
          t('report_kecamatan', { name: kecamatanName(one) }),
          place.answered && place.kelurahan === one.code,
        )),
        radio(OTHER, t('report_confirm_other'), null, Boolean(place.kelurahan) && !known),
        radio(UNKNOWN, t('report_confirm_unknown'), t('report_confirm_unknown_hint'), Boolean(place.answered) && !place.kelurahan),
      );
      other.hidden = picked() !== OTHER;
      showError(error, app.refused.kelurahan ?? '');
      // Whether it is the right one can only be told where its name and its edge are seen.
      app.showArea(place.kelurahan ?? place.located.kelurahan?.code ?? null);
      fillSelect(app, select, place.kelurahan).catch(() => showError(error, t('report_areas_failed')));
    },
  };
}

/**
 * The way without a map: choose the kelurahan from a list.
 *
 * @param {object} app  what the screens share, see main.js
 */
export function listScreen(app) {
  const form = byId('list-form');
  const select = byId('list-area');
  const answer = byId('list-answer');
  const error = byId('list-error');
  let asking = null;

  select.addEventListener('change', choose);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (app.draft.place?.kind !== 'area' || !select.value) {
      showError(error, t('report_list_missing'));
      select.focus();
      return;
    }
    app.go(following('list', app.draft, app.service()));
  });

  async function choose() {
    showError(error, '');
    delete app.refused.kelurahan;
    const area = select.value ? await areaByCode(app, select.value).catch(() => null) : null;
    app.showArea(area?.properties.code ?? null);
    if (!area) {
      app.save({ place: null });
      answer.replaceChildren();
      return;
    }
    const { code, name, parent_name: kecamatan, label } = area.properties;
    app.save({ place: { kind: 'area', kelurahan: code, name, kecamatan, located: null } });
    asking?.abort();
    asking = new AbortController();
    try {
      // A point inside the kelurahan stands for it: agency and target as they would be there.
      const located = await getJson(address('/api/v1/locate', { lon: label[0], lat: label[1], service: app.draft.service }), { signal: asking.signal });
      app.save({ place: { ...app.draft.place, located } });
      show(true);
    } catch {
      answer.replaceChildren();
    }
  }

  function show(speak = false) {
    const { place } = app.draft;
    if (place?.kind !== 'area' || !place.located) {
      answer.replaceChildren();
      return;
    }
    const rows = locatedRows(place.located, place);
    answer.replaceChildren(answerRows(rows));
    if (speak) app.say(spoken(rows));
  }

  return {
    enter() {
      document.querySelector('[data-for="list"] [data-service-row]').replaceChildren(...serviceRow(app));
      const own = app.draft.place?.kind === 'area' ? app.draft.place : null;
      showError(error, app.refused.kelurahan ?? '');
      fillSelect(app, select, own?.kelurahan)
        .then(() => (own && !own.located ? choose() : show()))
        .catch(() => showError(error, t('report_areas_failed')));
      if (own) app.showArea(own.kelurahan);
    },
    leave() {
      asking?.abort();
    },
  };
}
