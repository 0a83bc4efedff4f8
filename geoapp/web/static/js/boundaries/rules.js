/** What the map of a set decides without a map. */

import { number } from '../shared/format.js';

/** Ground in words: "< 1 m²", "1.284 m²", "3,40 km²". */
export function ground(m2) {
  if (m2 >= 100_000) return `${number(m2 / 1e6, 2)} km²`;
  return m2 > 0 && m2 < 1 ? '< 1 m²' : `${number(m2)} m²`;
}

/** Whether a numbered sign at *place* would touch a *box* (pixels). */
export function inside({ x, y }, { left, right, top, bottom }, half = 13) {
  return x > left - half && x < right + half && y > top - half && y < bottom + half;
}

/** How many gaps of these *sizes* (m²) are closed when those under *limit* are. */
export function closed(sizes, limit) {
  return sizes.filter((size) => size < limit).length;
}

/** Pixels that a numbered sign needs around itself. */
const ROOM_PX = 30;

/**
 * Which of *places* (pixels, the most important first) have room for a number; the others show as
 * small signs. Whoever is *chosen* always has.
 *
 * @param {{x: number, y: number}[]} places
 * @param {number} chosen  index, or -1
 * @returns {boolean[]}
 */
export function roomy(places, chosen = -1, room = ROOM_PX) {
  const cells = new Map();
  const key = (x, y) => `${Math.floor(x / room)}:${Math.floor(y / room)}`;
  const taken = ({ x, y }) => {
    for (let dx = -room; dx <= room; dx += room) {
      for (let dy = -room; dy <= room; dy += room) {
        const near = cells.get(key(x + dx, y + dy)) ?? [];
        if (near.some((other) => Math.abs(other.x - x) < room && Math.abs(other.y - y) < room)) return true;
      }
    }
    return false;
  };
  const put = (place) => {
    const at = key(place.x, place.y);
    cells.set(at, [...(cells.get(at) ?? []), place]);
  };
  if (places[chosen]) put(places[chosen]);
  return places.map((place, index) => {
    if (index === chosen) return true;
    if (taken(place)) return false;
    put(place);
    return true;
  });
}

/** Share of an area that is other ground: below the first, below the second, above. */
const STEPS = [0.1, 0.5];

/** How much of an area is other ground, in three steps. */
export function step({ moved_km2: moved, area_m2: whole }) {
  const share = whole ? (moved * 1e6) / whole : 1;
  return 1 + STEPS.filter((limit) => share >= limit).length;
}
