import { address } from '../shared/api.js';
import { STEPS } from './picture.js';
import { covering, decode } from './tiles.js';

/** Cells of this tile zoom are what is drawn at map zoom 13, where the city is looked at first. */
const ZOOM = 11;
const MOST_TILES = 16;
const FEWEST_CELLS = 60;

/** Shares of the cells that lie below each step: the upper ones are rare, so that they stand out. */
const SHARES = [0, 0.35, 0.6, 0.77, 0.9, 0.97];

/** Round to what a legend can say: 1 to 20 as it is, then in fives, then two digits. */
function plain(value) {
  const unit = value <= 20 ? 1 : value < 100 ? 5 : 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.round(value / unit) * unit;
}

/**
 * Six steps of density from the counts of a whole city's cells: the first is 1, each is larger than
 * the one before. A city with few cells, or with hardly two complaints in any, keeps the usual steps.
 *
 * @param {number[]} counts of the cells that hold anything
 */
export function quantileSteps(counts) {
  const sorted = [...counts].sort((a, b) => a - b);
  if (sorted.length < FEWEST_CELLS || sorted.at(-1) < STEPS.at(-1)) return STEPS;
  const steps = [1];
  for (const share of SHARES.slice(1)) {
    const value = plain(sorted[Math.floor(share * sorted.length)]);
    steps.push(Math.max(value, steps.at(-1) + 1));
  }
  return steps;
}

/** The steps of the present filter, from the whole city; the same however the map is moved. */
export class Steps {
  /**
   * @param {number[]|null} box of the city
   * @param {() => void} changed called when there are other steps than before
   * @param {string} path of the tiles: the public ones, or those of staff
   */
  constructor(box, changed, path = '/tiles/complaints') {
    Object.assign(this, { changed, path, now: STEPS, known: new Map(), key: null });
    this.tiles = box ? covering(ZOOM, box, null) : [];
  }

  /** See that the steps are those of *query*; until they are known the present ones stay. */
  async want(query) {
    const key = JSON.stringify(query);
    if (key === this.key || this.tiles.length === 0 || this.tiles.length > MOST_TILES) return;
    this.key = key;
    if (!this.known.has(key)) this.known.set(key, this.load(query));
    let steps;
    try {
      steps = await this.known.get(key);
    } catch {
      this.known.delete(key);
      steps = this.now;
      if (this.key === key) this.key = null; // asked again with the next picture
    }
    if (key !== this.key || String(steps) === String(this.now)) return;
    this.now = steps;
    this.changed();
  }

  async load(query) {
    const cells = await Promise.all(this.tiles.map(async (tile) => {
      const response = await fetch(address(`${this.path}/${tile}.mvt`, query));
      if (!response.ok) throw new Error(`tile ${tile}: HTTP ${response.status}`);
      return decode(new Uint8Array(await response.arrayBuffer()), tile).cells;
    }));
    return quantileSteps(cells.flat().map((cell) => cell.count));
  }
}
