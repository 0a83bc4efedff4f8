/** What an operator types for a place: coordinates in either order, or the name of a kelurahan. */

import { folded } from '../report/services.js';

// "-1.6, 103.6", "103.6 -1.6", "-1,6 103,6", and the "@-1.6,103.6,17z" of a map's address.
const NUMBER = String.raw`-?\d{1,3}(?:[.,]\d+)?`;
const DOTTED = String.raw`-?\d{1,3}\.\d+`;
const PAIRS = [
  new RegExp(String.raw`@(${DOTTED}),(${DOTTED})`),
  new RegExp(String.raw`(${DOTTED})\s*[,;\s]\s*(${DOTTED})`),
  new RegExp(String.raw`^\s*(${NUMBER})\s*[;\s]\s*(${NUMBER})\s*$`),
  new RegExp(String.raw`^\s*(-?\d{1,3})\s*,\s*(-?\d{1,3})\s*$`),
];

/**
 * Coordinates in *text*, told in which order they were read.
 *
 * Both orders are in use: of two that are possible the one nearer to *centre* is meant.
 *
 * @param {string} text
 * @param {[number, number]} centre  longitude and latitude of the city
 * @returns {{lon: number, lat: number, order: 'lat_lon'|'lon_lat'}|null}
 */
export function readCoordinates(text, centre) {
  const found = PAIRS.map((pair) => pair.exec(text)).find(Boolean);
  if (!found) return null;
  const [a, b] = [found[1], found[2]].map((digits) => Number(digits.replace(',', '.')));
  const off = ({ lon, lat }) => Math.hypot(lon - centre[0], lat - centre[1]);
  return [
    { lon: b, lat: a, order: 'lat_lon' },
    { lon: a, lat: b, order: 'lon_lat' },
  ].filter(({ lon, lat }) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90)
    .sort((one, other) => off(one) - off(other))[0] ?? null;
}

/**
 * Kelurahan whose name, or whose kecamatan's, holds every word of *text*; names that begin with it first.
 *
 * @param {object[]} features  of GET /api/v1/areas
 * @param {string} text
 * @returns {object[]}  at most eight
 */
export function matchingAreas(features, text) {
  const words = folded(text).replace(/\b(kel|kelurahan|kec|kecamatan)\b\.?/g, ' ').split(/[\s,]+/).filter(Boolean);
  if (!words.length) return [];
  const rank = ({ properties }) => {
    const name = folded(properties.name);
    const whole = ` ${name} ${folded(properties.parent_name ?? '')}`;
    if (!words.every((word) => whole.includes(` ${word}`) || whole.includes(word))) return -1;
    return (name.startsWith(words[0]) ? 2 : 0) + (words.every((word) => name.includes(word)) ? 1 : 0);
  };
  return features.map((feature) => ({ feature, score: rank(feature) }))
    .filter(({ score }) => score >= 0)
    .sort((a, b) => b.score - a.score || a.feature.properties.name.localeCompare(b.feature.properties.name))
    .slice(0, 8).map(({ feature }) => feature);
}
