/** Lines drawn by hand as simple rings: plain geometry of [x, y] pairs. */

/** Twice-signed area halved: positive when it turns one way, negative the other. */
export function area(ring) {
  let twice = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) twice += ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
  return twice / 2;
}

function distance([x, y], [x1, y1], [x2, y2]) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const along = length ? Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / length)) : 0;
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
}

/** Douglas and Peucker's line: what lies within *tolerance* of the straight line goes. */
function thinned(line, tolerance) {
  if (line.length < 3) return line;
  const ends = [line[0], line.at(-1)];
  let [worst, most] = [0, tolerance];
  for (let i = 1; i < line.length - 1; i += 1) {
    const off = distance(line[i], ...ends);
    if (off > most) [worst, most] = [i, off];
  }
  return worst ? [...thinned(line.slice(0, worst + 1), tolerance).slice(0, -1), ...thinned(line.slice(worst), tolerance)] : ends;
}

/** *line* with at most so many corners, as close to it as that allows. */
export function simplify(line, corners) {
  let tolerance = 1.5;
  let found = thinned(line, tolerance);
  while (found.length > corners) {
    tolerance *= 1.5;
    found = thinned(line, tolerance);
  }
  return found;
}

/** Where the edges a-b and c-d meet between their ends; null for nowhere. */
function meeting(a, b, c, d) {
  const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const cross = rx * sy - ry * sx;
  if (!cross) return null;
  const u = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / cross;
  const v = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / cross;
  return u >= 0 && u <= 1 && v >= 0 && v <= 1 ? [a[0] + u * rx, a[1] + u * ry] : null;
}

/**
 * A ring that doesn't cross itself: hands overshoot where a line ends. At each crossing the larger
 * of the two loops stays.
 */
export function untangle(line) {
  let ring = line.filter((point, i) => i === 0 || point[0] !== line[i - 1][0] || point[1] !== line[i - 1][1]);
  for (let rounds = 0; rounds < 200; rounds += 1) {
    const cut = crossing(ring);
    if (!cut) return ring;
    const { i, j, at } = cut;
    const inner = [at, ...ring.slice(i + 1, j + 1)];
    const outer = [...ring.slice(0, i + 1), at, ...ring.slice(j + 1)];
    ring = Math.abs(area(inner)) > Math.abs(area(outer)) ? inner : outer;
    ring = ring.filter((point, k) => Math.hypot(point[0] - ring.at(k - 1)[0], point[1] - ring.at(k - 1)[1]) > 1e-6);
  }
  return [];
}

function crossing(ring) {
  const n = ring.length;
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 2; j < n; j += 1) {
      if (i === 0 && j === n - 1) continue; // neighbours share a corner
      const at = meeting(ring[i], ring[i + 1], ring[j], ring[(j + 1) % n]);
      if (at) return { i, j, at };
    }
  }
  return null;
}
