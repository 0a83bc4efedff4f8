/** What the wall shows one after the other: pure, so that it can be tried without a page. */

const SURE = 95;
const PER_GROUP = 3;

/** Clusters that are worth an alarm, per group: surest and largest first, at most three. */
export function alarms(clusters) {
  const groups = new Map();
  const sure = clusters.filter((cluster) => cluster.confidence >= SURE);
  for (const cluster of sure.sort((a, b) => b.confidence - a.confidence || b.count - a.count)) {
    const list = groups.get(cluster.group) ?? [];
    if (list.length < PER_GROUP) groups.set(cluster.group, [...list, cluster]);
  }
  return groups;
}

/**
 * The slides: each group with something open or an alarm, in the city's order; one for each of its
 * alarms. A city with nothing open has one slide that says so.
 *
 * @param {Array<{code: string}>} groups in the city's order
 * @param {Map<string, {open: number, overdue: number}>} counts
 * @param {Map<string, object[]>} found as of `alarms`
 * @returns {Array<{key: string, group: string|null, alarm: object|null, others: object[], nth: number, of: number}>}
 */
export function slidesOf(groups, counts, found) {
  const slides = [];
  for (const { code } of groups) {
    const mine = found.get(code) ?? [];
    if (!mine.length && !(counts.get(code)?.open > 0)) continue;
    if (!mine.length) slides.push({ key: code, group: code, alarm: null, others: [], nth: 0, of: 0 });
    mine.forEach((alarm, i) => slides.push({
      key: `${code}/${i}`, group: code, alarm, others: mine.filter((other) => other !== alarm), nth: i + 1, of: mine.length,
    }));
  }
  return slides.length ? slides : [{ key: '', group: null, alarm: null, others: [], nth: 0, of: 0 }];
}

/**
 * The slide after *current* (null at the start). Where *current* is gone, as a group with nothing left is,
 * the show goes on from its place in the order.
 */
export function after(slides, current, groups) {
  if (!current) return slides[0];
  const here = slides.findIndex((slide) => slide.key === current.key);
  if (here >= 0) return slides[(here + 1) % slides.length];
  const place = (slide) => groups.findIndex(({ code }) => code === slide.group);
  return slides.find((slide) => place(slide) > place(current)) ?? slides[0];
}

const meet = (a, b) => a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];

/** The first alarm of *found* that lies where there was none of its group in *before*; null without. */
export function newAlarm(found, before) {
  for (const [group, clusters] of found) {
    const known = before.get(group) ?? [];
    const fresh = clusters.find((cluster) => !known.some((other) => meet(cluster.bbox, other.bbox)));
    if (fresh) return fresh;
  }
  return null;
}

/** Whole days between two moments. */
export const daysBetween = (from, to) => Math.round((new Date(to) - new Date(from)) / 86_400_000);
