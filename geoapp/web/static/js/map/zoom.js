/**
 * Steps of zoom by key, each at once: while Leaflet animates a zoom it swallows what comes next,
 * and who presses two keys means both.
 *
 * @param {() => (L.Map|null|undefined)} theMap
 * @returns {Object<string, () => void>} by key
 */
export function zoomKeys(theMap) {
  const by = (levels) => () => {
    const map = theMap();
    map?.setZoom(map.getZoom() + levels, { animate: false });
  };
  return { '+': by(1), '=': by(1), '-': by(-1), '−': by(-1) };
}
