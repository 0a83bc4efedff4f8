import { now as serverNow } from '../shared/clock.js';
import { isOverdue, isOpen } from '../shared/deadline.js';

/** Steps of density for a city whose own are not known (see steps.js). */
export const STEPS = [1, 2, 4, 6, 9, 13];
const MOST_POINTS = 3000;

/** Index of the density step of *count*: the last of *steps* that it reaches. */
export function step(count, steps = STEPS) {
  let index = 0;
  while (index < steps.length - 1 && count >= steps[index + 1]) index += 1;
  return index;
}

/** Radius of a point in CSS pixels at a whole zoom. */
export function radius(zoom) {
  return [3.5, 4.5, 6, 9, 12][Math.min(Math.max(zoom, 12), 16) - 12];
}

/** Grid zoom whose cells are 16 px at this whole map zoom. */
export const gridZoom = (zoom) => zoom + 4;

/**
 * Decide what is drawn from the tiles in view: points, or cells for everything.
 *
 * Cells when any tile came as cells, more than 3,000 points are in view, or the zoom is 11 or less;
 * then points are binned into the same grid, so that no seam shows between tiles.
 *
 * @param {Array} tiles as decoded by tiles.js
 * @param {number} zoom whole zoom
 * @returns {{mode: 'points'|'cells', points: Array, cells: Map<string, object>, grid: number, total: number}}
 */
export function picture(tiles, zoom, now = serverNow()) {
  const unique = new Map();
  for (const tile of tiles) for (const point of tile.points) unique.set(point.ticket, point);
  const points = [...unique.values()];
  const mode = zoom <= 11 || points.length > MOST_POINTS || tiles.some((tile) => tile.asCells) ? 'cells' : 'points';
  for (const point of points) point.over = isOverdue(point.status, point.due && point.due * 1000, now);
  const coarsest = Math.min(gridZoom(zoom), ...tiles.map((tile) => tile.grid));
  const cells = bin(tiles, points, coarsest);
  let total = 0;
  for (const cell of cells.values()) total += cell.count;
  return { mode, points: mode === 'points' ? order(points) : [], cells, grid: coarsest, total };
}

function bin(tiles, points, grid) {
  const cells = new Map();
  const add = (column, row, count, overdue) => {
    const key = `${column}/${row}`;
    const cell = cells.get(key);
    if (cell) { cell.count += count; cell.overdue += overdue; } else cells.set(key, { column, row, count, overdue });
  };
  for (const tile of tiles) {
    const shift = tile.grid - grid;
    for (const cell of tile.cells) add(cell.column >> shift, cell.row >> shift, cell.count, cell.overdue);
  }
  const size = 2 ** grid;
  for (const point of points) add(Math.floor(point.wx * size), Math.floor(point.wy * size), 1, point.over ? 1 : 0);
  return cells;
}

/** Resolved below, overdue on top; complaints at one place become one point with a count. */
function order(points) {
  const places = new Map();
  const rank = (point) => (point.over ? 2 : isOpen(point.status) ? 1 : 0);
  for (const point of points) {
    const key = `${point.wx.toFixed(9)}/${point.wy.toFixed(9)}`;
    const place = places.get(key);
    if (!place) places.set(key, { ...point, rank: rank(point), tickets: [point.ticket] });
    else {
      place.tickets.push(point.ticket);
      if (rank(point) > place.rank) Object.assign(place, point, { rank: rank(point), tickets: place.tickets });
    }
  }
  return [...places.values()].sort((a, b) => a.rank - b.rank || a.submitted - b.submitted);
}
