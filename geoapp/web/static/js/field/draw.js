/** Drawing a shape on the map: a tap is a corner; it closes itself when it can. */

import { byId } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { crossesItself } from './rules.js';

/**
 * @param {() => object|null} map
 * @param {object} on
 * @param {() => void} on.start
 * @param {(corners: [number, number][]|null) => void} on.end  null when it was taken back
 */
export function createDrawing(map, on) {
  let corners = null;

  function say() {
    const hint = byId('f-draw-hint');
    const crossed = corners.length > 3 && crossesItself(corners);
    hint.textContent = crossed ? t('field_draw_crosses') : t(corners.length < 3 ? 'field_draw_hint' : 'field_draw_close', { n: corners.length });
    byId('f-draw-undo').disabled = !corners.length;
    byId('f-draw-done').disabled = corners.length < 3 || crossed;
    map()?.showShape(corners, true);
  }

  function end(result) {
    corners = null;
    byId('f-draw-hint').hidden = byId('f-draw').hidden = true;
    on.end(result);
  }

  byId('f-draw-cancel').addEventListener('click', () => end(null));
  byId('f-draw-undo').addEventListener('click', () => { corners.pop(); say(); });
  byId('f-draw-done').addEventListener('click', () => end(corners));

  return {
    get active() { return corners !== null; },
    start() {
      corners = [];
      byId('f-draw-hint').hidden = byId('f-draw').hidden = false;
      on.start();
      say();
    },
    corner(at) {
      if (!corners || corners.length >= 100) return;
      corners.push(at);
      say();
    },
    cancel() { if (corners) end(null); },
  };
}
