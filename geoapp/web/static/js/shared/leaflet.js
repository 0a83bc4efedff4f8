/** Leaflet as loaded by dist/leaflet.js: bundles must not carry a second copy. */
export default window.L;
