/** What the field page shows and asks for, without a page: filters in the address, requests, steps. */

export const WORKABLE = 'assigned,in_progress,reopened';
export const STEPS = ['start', 'finish', 'take', 'cannot_do'];
export const NEAR_M = 2000;
const PAGE = 100;
const MAX_CORNERS = 100;
const CODE = /^[\w.-]{1,40}$/;
const TICKET = /^[A-Z0-9-]{6,30}$/;

/** A state without a filter. */
export const plainState = () => ({
  overdue: false, near: false, mine: false, kelurahan: '', kecamatan: '', service_area: '', polygon: null, view: 'list', open: null,
});

/** "103.6,-1.6,…" as corners [lon, lat]; null when it is no polygon. */
export function readPolygon(text) {
  const numbers = (text ?? '').split(',').map(Number);
  if (numbers.length < 6 || numbers.length % 2 || numbers.length > 2 * MAX_CORNERS || !numbers.every(Number.isFinite)) return null;
  const corners = [];
  for (let i = 0; i < numbers.length; i += 2) corners.push([numbers[i], numbers[i + 1]]);
  return corners.every(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90) ? corners : null;
}

/** Corners as the address and the server take them: five decimals are a metre. */
export const writePolygon = (corners) => corners.flat().map((value) => String(Number(value.toFixed(5)))).join(',');

/** The state in a query string; what cannot be read is left out. */
export function readState(search) {
  const query = new URLSearchParams(search);
  const state = plainState();
  for (const flag of ['overdue', 'near', 'mine']) state[flag] = query.get(flag) === '1';
  for (const area of ['kelurahan', 'kecamatan', 'service_area']) {
    const value = query.get(area) ?? '';
    if (CODE.test(value)) state[area] = value;
  }
  state.polygon = readPolygon(query.get('polygon'));
  if (query.get('view') === 'map') state.view = 'map';
  if (TICKET.test(query.get('open') ?? '')) state.open = query.get('open');
  return state;
}

/** The query string of *state*; empty without anything to say. Where one stands is never in it. */
export function writeState(state) {
  const parts = [];
  for (const flag of ['overdue', 'near', 'mine']) if (state[flag]) parts.push(`${flag}=1`);
  for (const area of ['kelurahan', 'kecamatan', 'service_area']) if (state[area]) parts.push(`${area}=${encodeURIComponent(state[area])}`);
  if (state.polygon) parts.push(`polygon=${writePolygon(state.polygon)}`);
  if (state.view === 'map') parts.push('view=map');
  if (state.open) parts.push(`open=${encodeURIComponent(state.open)}`);
  return parts.length ? `?${parts.join('&')}` : '';
}

/** Names of the filters that are set. */
export const filtersOf = (state) => ['overdue', 'near', 'mine', 'kelurahan', 'kecamatan', 'service_area', 'polygon'].filter((name) => state[name]);

/** Parameters of GET /api/v1/work/complaints; *at* is where one stands, if known. */
export function listParameters(state, at) {
  const near = state.near && at;
  return {
    status: WORKABLE,
    sort: near ? 'near' : 'due',
    limit: PAGE,
    deadline: state.overdue ? 'overdue' : null,
    officer: state.mine ? 'me' : null,
    kelurahan: state.kelurahan, kecamatan: state.kecamatan, service_area: state.service_area,
    polygon: state.polygon ? writePolygon(state.polygon) : null,
    near: near ? `${at.lon.toFixed(6)},${at.lat.toFixed(6)}` : null,
    within_m: near ? NEAR_M : null,
  };
}

/** Metres between two places, on a sphere of the earth's mean radius (IUGG 6,371,009 m). */
export function metres(a, b) {
  const rad = Math.PI / 180;
  const x = Math.sin(((b.lat - a.lat) * rad) / 2) ** 2
    + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lon - a.lon) * rad) / 2) ** 2;
  return 2 * 6371009 * Math.asin(Math.sqrt(x));
}

/** Whether the ring through *corners* crosses itself: the server takes none that does. */
export function crossesItself(corners) {
  const edges = corners.map((corner, i) => [corner, corners[(i + 1) % corners.length]]);
  const side = ([ax, ay], [bx, by], [px, py]) => Math.sign((bx - ax) * (py - ay) - (by - ay) * (px - ax));
  return edges.some(([a, b], i) => edges.some(([c, d], j) => {
    if (j <= i + 1 || (i === 0 && j === edges.length - 1)) return false;
    return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
  }));
}

/** The actions of a case that belong on the spot, what usually comes next first. */
export function actionsOf(found) {
  const offered = found.actions.filter(({ step }) => STEPS.includes(step));
  const rank = ({ step, primary }) => (primary ? -1 : STEPS.indexOf(step));
  const sorted = offered.sort((a, b) => rank(a) - rank(b));
  // While work can be started or finished, finishing what nobody began comes second.
  return sorted;
}

/** The newest event one has seen: what comes after it happened since. */
export const lastEvent = (found) => Math.max(0, ...found.timeline.map(({ id }) => id));

/**
 * Whether *found* shows that a step sent before has happened, by *me*, after event *since*.
 *
 * The answer to it was lost; asking for it again would be refused, or do it twice.
 *
 * @param {{timeline: object[]}} found  the case as it stands now
 * @param {{step: string, since: number}} sent
 * @param {{id: number, label: string}} me
 */
export function happened(found, { step, since }, me) {
  const mine = found.timeline.filter(({ id, actor }) => id > since && actor.label === me.label);
  const turned = (status) => mine.some((event) => event.status === status);
  const officer = (id) => mine.some(({ kind, data }) => kind === 'officer' && (data.officer ?? null) === id);
  return {
    take: () => officer(me.id),
    start: () => turned('in_progress'),
    finish: () => turned('resolved'),
    cannot_do: () => officer(null),
  }[step]?.() ?? false;
}

/** What somebody else did since event *since*: the newest first; empty when nobody did. */
export const others = (found, since, me) => found.timeline
  .filter(({ id, actor }) => id > since && actor.label !== me.label).sort((a, b) => b.id - a.id);

/** The reason of "can't be done": the chosen one and what was typed. */
export function reasonText(chosen, words) {
  const typed = words.trim();
  return chosen && typed ? `${chosen}: ${typed}` : chosen || typed;
}

/** The address that opens a phone's own way-finding. */
export const directions = ([lon, lat]) => `geo:${lat},${lon}?q=${lat},${lon}`;

/** Whether *properties* is the job that *me* is at right now. */
export const running = ({ status, officer }, me) => status === 'in_progress' && officer != null && officer.id === me.id;

/** The jobs in their order, what one is at right now before all others. */
export function runningFirst(features, me) {
  const mine = features.filter(({ properties }) => running(properties, me));
  return mine.length ? [...mine, ...features.filter((one) => !mine.includes(one))] : features;
}

/** The numbers of stops that lie on each other, counted from one: "3–5", "3, 5", "3, 5 +2". */
export function stopLabel(indices) {
  const numbers = indices.map((index) => index + 1).sort((a, b) => a - b);
  const last = numbers.at(-1);
  if (numbers.length > 1 && last - numbers[0] === numbers.length - 1) return `${numbers[0]}–${last}`;
  const rest = numbers.length - 2;
  return numbers.slice(0, 2).join(', ') + (rest > 0 ? ` +${rest}` : '');
}

/**
 * Gather points of a screen that would cover each other, the first ones first.
 *
 * @param {{x: number, y: number}[]} points
 * @param {number} gap  pixels that two signs need between their middles
 * @returns {number[][]}  groups of indices
 */
export function gather(points, gap) {
  const groups = [];
  points.forEach(({ x, y }, index) => {
    const near = groups.find(([first]) => Math.hypot(points[first].x - x, points[first].y - y) < gap);
    if (near) near.push(index); else groups.push([index]);
  });
  return groups;
}

/** Which events of a case concern whoever stands in front of it. */
export const concerns = ({ kind }) => !['deadline', 'retraction', 'flag'].includes(kind);
