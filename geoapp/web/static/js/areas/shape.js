/** Polygons as GeoJSON geometries: plain values, no map. */

/** The rings of a Polygon or MultiPolygon. */
export function rings({ type, coordinates }) {
  return type === 'Polygon' ? coordinates : coordinates.flat();
}

/** Corners of a geometry, the closing one of each ring not counted twice; 0 for none. */
export function cornerCount(geometry) {
  return geometry ? rings(geometry).reduce((sum, ring) => sum + ring.length - 1, 0) : 0;
}

/** The parts of several geometries as one MultiPolygon, or a Polygon when there is one, or null. */
export function joined(parts) {
  const polygons = parts.filter(Boolean).flatMap(({ type, coordinates }) => (type === 'Polygon' ? [coordinates] : coordinates));
  if (!polygons.length) return null;
  return polygons.length === 1 ? { type: 'Polygon', coordinates: polygons[0] } : { type: 'MultiPolygon', coordinates: polygons };
}

/** What a pasted GeoJSON value holds of polygons, as one geometry; null when it holds none. */
export function polygonsOf(value) {
  const geometries = value?.type === 'FeatureCollection' ? value.features.map((feature) => feature?.geometry) : [value?.type === 'Feature' ? value.geometry : value];
  return joined(geometries.filter((each) => ['Polygon', 'MultiPolygon'].includes(each?.type)));
}

/**
 * The corner nearest to a place on the screen, at most *reach* px away; null when none is.
 *
 * @param {[number, number][]} corners  longitude and latitude
 * @param {(corner: [number, number]) => number} apart  px between a corner and the place
 */
export function nearestCorner(corners, apart, reach) {
  let best = null;
  let least = reach;
  for (const corner of corners) {
    const px = apart(corner);
    if (px <= least) { least = px; best = corner; }
  }
  return best;
}
