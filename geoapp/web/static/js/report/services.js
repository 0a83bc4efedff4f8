/**
 * The catalogue as the first screen needs it: searched, grouped, most frequent first.
 *
 * Pure; the page is built in what.js.
 */

const FREQUENT = 6;

/**
 * Lower case without accents, so that "Gorong²" and "gorong" meet.
 *
 * @param {string} text
 * @returns {string}
 */
export function folded(text) {
  return text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
}

/**
 * Groups with their services, the group with most complaints first.
 *
 * Services keep the catalogue's order, which is the order of a group's importance.
 *
 * @param {{groups: object[], services: object[]}} catalogue  GET /api/v1/services
 * @param {Record<string, {total: number}>} byGroup  counts of the last 90 days; {} when unknown
 * @returns {{group: object, services: object[]}[]}  groups without services are left out
 */
export function grouped(catalogue, byGroup) {
  const total = (group) => byGroup[group.code]?.total ?? 0;
  return catalogue.groups
    .map((group, position) => ({ group, position }))
    .sort((a, b) => total(b.group) - total(a.group) || a.position - b.position)
    .map(({ group }) => ({
      group,
      services: catalogue.services.filter((service) => service.group === group.code),
    }))
    .filter(({ services }) => services.length > 0);
}

/**
 * A short list to start from: the first service of each of the busiest groups.
 *
 * @param {{group: object, services: object[]}[]} groups  from grouped()
 * @returns {object[]}
 */
export function frequent(groups) {
  return groups.slice(0, FREQUENT).map(({ services }) => services[0]);
}

/**
 * Services whose names, in either language, or whose group's names hold every word of *query*.
 *
 * A word at the start of a name counts more than one inside it.
 *
 * @param {{group: object, services: object[]}[]} groups  from grouped()
 * @param {string} query
 * @returns {object[]}  empty for an empty query
 */
export function matching(groups, query) {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const found = [];
  for (const { group, services } of groups) {
    const groupText = folded(`${group.name.id} ${group.name.en}`);
    for (const service of services) {
      const own = ` ${folded(`${service.name.id} ${service.name.en}`)}`;
      if (words.every((word) => own.includes(word) || groupText.includes(word))) {
        const atStart = words.filter((word) => own.includes(` ${word}`)).length;
        const inside = words.filter((word) => own.includes(word)).length;
        found.push({ service, score: atStart * 2 + inside });
      }
    }
  }
  return found.sort((a, b) => b.score - a.score).map(({ service }) => service);
}
