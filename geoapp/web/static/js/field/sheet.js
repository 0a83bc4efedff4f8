/** The sheet of filters: only areas that are one's own. */

import { config } from '../shared/config.js';
import { byId, el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';

const AREAS = ['kelurahan', 'kecamatan', 'service_area'];
const listOf = (area) => config.own[area === 'service_area' ? 'service_areas' : area];

/** The name of an area one may choose. */
export const areaName = (area, code) => listOf(area).find((one) => one.code === code)?.name ?? code;

/**
 * @param {object} on
 * @param {(change: object) => void} on.choose  areas chosen: {kelurahan, kecamatan, service_area}
 * @param {() => void} on.draw
 * @param {(change: object) => void} on.clear
 */
export function filterSheet(on) {
  const sheet = byId('f-sheet');
  let before = null;

  for (const area of AREAS) {
    const select = byId(`f-${area}`);
    const options = listOf(area);
    select.replaceChildren(el('option', { value: '' }, t('field_any')), ...options.map(({ code, name }) => el('option', { value: code }, name)));
    const none = options.length === 0 || (area === 'kecamatan' && options.length < 2);
    select.hidden = none;
    document.querySelector(`label[for="f-${area}"]`).hidden = none;
  }

  function close() {
    if (sheet.hidden) return;
    sheet.hidden = true;
    if (before?.isConnected) before.focus({ preventScroll: true });
  }

  sheet.addEventListener('submit', (event) => {
    event.preventDefault();
    close();
    on.choose(Object.fromEntries(AREAS.map((area) => [area, byId(`f-${area}`).value])));
  });
  sheet.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
  byId('f-sheet-close').addEventListener('click', close);
  byId('f-draw-start').addEventListener('click', () => { close(); on.draw(); });
  byId('f-draw-clear').addEventListener('click', () => { close(); on.clear({ polygon: null }); });
  byId('f-clear').addEventListener('click', () => {
    close();
    on.clear({ overdue: false, near: false, mine: false, kelurahan: '', kecamatan: '', service_area: '', polygon: null });
  });

  return {
    open(state) {
      before = document.activeElement;
      for (const area of AREAS) byId(`f-${area}`).value = state[area];
      byId('f-draw-start').lastElementChild.textContent = t(state.polygon ? 'field_draw_again' : 'field_draw');
      byId('f-draw-clear').hidden = !state.polygon;
      sheet.hidden = false;
      byId('f-sheet-title').focus();
    },
    close,
  };
}
