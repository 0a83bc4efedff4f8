import { address, getJson } from '../shared/api.js';
import { world } from './tiles.js';

/** The kelurahan and kecamatan of the city, once loaded. */
export class Areas {
  constructor() {
    this.kelurahan = [];
    this.kecamatan = [];
  }

  /** Fetch them; *anew* past what the browser keeps. Rejects like getJson. */
  async load({ anew = false } = {}) {
    const collection = await getJson(address('/api/v1/areas'), anew ? { cache: 'no-cache' } : {});
    this.kelurahan = collection.features.filter((feature) => feature.geometry).map(prepare);
    const parents = new Map();
    for (const area of this.kelurahan) {
      if (!area.parent) continue;
      if (!parents.has(area.parent)) parents.set(area.parent, { code: area.parent, name: area.parentName, parts: [] });
      parents.get(area.parent).parts.push(area);
    }
    this.kecamatan = [...parents.values()].map(gather);
    for (const list of [this.kelurahan, this.kecamatan]) list.sort((a, b) => a.name.localeCompare(b.name, 'id'));
    return this;
  }

  /** The area with *code*, at either level. */
  find(code) {
    return this.kelurahan.find((area) => area.code === code) ?? this.kecamatan.find((area) => area.code === code) ?? null;
  }

  /** The kelurahan under a place, or null. */
  at(lon, lat) {
    const [wx, wy] = world(lon, lat);
    return this.kelurahan.find((area) => covers(area, wx, wy)) ?? null;
  }
}

function prepare({ geometry, properties }) {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const rings = polygons.flatMap((polygon) => polygon.map((ring) => ring.map(([lon, lat]) => world(lon, lat))));
  const box = polygons.flat(2).reduce(
    ([w, s, e, n], [lon, lat]) => [Math.min(w, lon), Math.min(s, lat), Math.max(e, lon), Math.max(n, lat)],
    [180, 90, -180, -90],
  );
  return {
    code: properties.code, name: properties.name, parent: properties.parent_code, parentName: properties.parent_name,
    rings, box, label: world(...properties.label), size: rings.reduce((sum, ring) => sum + surface(ring), 0),
  };
}

function surface(ring) {
  let twice = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) twice += ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
  return Math.abs(twice / 2);
}

/** Make a kecamatan of its kelurahan; its label goes to the middle of their label points. */
function gather(parent) {
  const { parts } = parent;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const mean = [0, 1].map((axis) => parts.reduce((sum, part) => sum + part.label[axis] * part.size, 0) / size);
  const apart = (part) => Math.hypot(part.label[0] - mean[0], part.label[1] - mean[1]);
  const inside = parts.some((part) => covers(part, ...mean));
  const label = inside ? mean : parts.reduce((best, part) => (apart(part) < apart(best) ? part : best)).label;
  const box = [0, 1, 2, 3].map((i) => (i < 2 ? Math.min : Math.max)(...parts.map((part) => part.box[i])));
  return { ...parent, size, label, box, rings: parts.flatMap((part) => part.rings) };
}

/** Whether a place of the unit square lies in *area* (even-odd over all rings). */
export function covers(area, x, y) {
  if (area.parts) return area.parts.some((part) => covers(part, x, y));
  let inside = false;
  for (const ring of area.rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [xi, yi] = ring[i];
      const [xj, yj] = ring[j];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}
