import { config } from '../shared/config.js';
import { byId } from '../shared/dom.js';
import { baseMap, credit, hereTag, scaleBar } from '../map/furniture.js';
import { ComplaintLayers } from '../map/complaints.js';
import { refreshGround } from '../map/ground.js';
import { Labels } from '../map/labels.js';
import { debounce } from '../map/rules.js';
import { Steps } from '../map/steps.js';
import { TileStore } from '../map/tiles.js';
import { drawLegend } from './legend.js';
import { Lasso } from './lasso.js';
import { Things } from './layers.js';
import { Play } from './play.js';
import * as state from './state.js';
import { CommandView } from './view.js';
import { refusal } from './refusal.js';

const PATH = '/tiles/work';

/**
 * Everything on the shell's map: complaints, what is switched on over and under them, the lasso.
 *
 * @param {L.Map} map
 * @param {object} context of the page, see main.js
 */
export function makeMap(map, context) {
  const { areas } = context;
  const box = config.city?.bbox ?? null;
  map.keyboard?.disable(); // Leaflet's own keys would only work with the focus on the map
  const view = new CommandView(map, { card: byId('drawer') });
  view.start(state.get().map);

  const layers = new ComplaintLayers(map, {
    layers: () => state.get().layers, colour: () => state.get().colour, steps: () => steps.now, tip: byId('tip'),
    onPoint: (point, place) => { if (!lasso.drawing) choosePoint(point, place); },
    onCell: (_cell, bounds) => { if (!lasso.drawing) pickBox(bounds); },
    ground: {
      words: ({ lng, lat }) => { const found = things.shade.at(lng, lat); return found && things.shade.words(found); },
      choose: ({ lng, lat }) => { const found = things.shade.at(lng, lat); if (found && !lasso.drawing) pickArea(found.code); },
    },
  });
  const steps = new Steps(box, () => { layers.redraw(); legend(); }, PATH);
  const labels = new Labels(map, areas, () => ({ points: layers.showsPoints ? layers.picture.points : [], selected: layers.place?.at ?? null }), () => view.frame());
  const placeLabels = debounce(() => labels.layout(), 120);
  const tiles = new TileStore(() => view.tiles(), box, (reason) => {
    layers.setTiles(tiles.shown);
    if (reason === 'view') placeLabels();
    legend();
  }, PATH, (error) => refusal(context, error));
  const things = new Things(map, context, { legend, placeLabels, points: () => (layers.showsPoints ? layers.picture.points : []) });
  const lasso = new Lasso(map, byId('ctl-lasso'), context.tell, (polygon) => {
    state.update({ polygon, bbox: '' });
    context.emit('lasso', { polygon });
  });

  const play = new Play(byId('play'), context, { moved: () => tiles.setQuery(tileQuery()), busy: () => tiles.running.size > 0 });

  function choosePoint(point, [lon, lat]) {
    if (point.tickets.length === 1) { state.update({ open: point.ticket }); return; }
    const d = 0.00002; // several complaints that share a place: the list tells them apart
    pickBox([lon - d, lat - d, lon + d, lat + d]);
  }

  function pickBox(bounds) {
    const bbox = bounds.map((value) => value.toFixed(6)).join(',');
    state.update({ bbox });
    context.showDesk('complaints', false);
    context.emit('cell', { bbox });
  }

  /** The complaints behind a shaded area. */
  function pickArea(code) {
    state.update({ kelurahan: [code], kecamatan: [], bbox: '', polygon: '' });
    context.showDesk('complaints', false);
  }

  function legend() {
    if (layers.showsCells) steps.want(state.query('tiles'));
    drawLegend(byId('legend-body'), { layers, steps, things });
  }

  let asked = null;
  const tileQuery = () => ({ ...state.query('tiles'), ...play.window() });

  /** What of the map the filters say, beside the complaints themselves. */
  function mark() {
    const { kelurahan, kecamatan, bbox, polygon } = state.get();
    layers.pick(bbox ? bbox.split(',').map(Number) : null);
    lasso.show(polygon);
    labels.choose([...kelurahan, ...kecamatan].map((code) => areas.find(code)).filter(Boolean));
  }

  function zoomed() {
    byId('map-region').classList.toggle('far', Math.round(map.getZoom()) < 12);
    layers.recount();
  }

  for (const [id, run] of [['ctl-in', () => map.zoomIn()], ['ctl-out', () => map.zoomOut()], ['ctl-home', () => view.home()], ['ctl-lasso', () => lasso.toggle()]]) byId(id).addEventListener('click', run);
  credit({ blurred: false });
  scaleBar(map);
  baseMap(map, placeLabels);
  state.on('layers', () => { things.show(); layers.redraw(); placeLabels(); legend(); });
  map.on('moveend', () => {
    // Leaflet's getCenter() tells an old place when a pan has brought its pane back to where it began.
    const { lat, lng } = map.containerPointToLatLng(map.getSize().divideBy(2));
    state.update({ map: { zoom: map.getZoom(), lat, lon: lng } });
    tiles.update();
  });
  map.on('zoomend', zoomed);
  zoomed();
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());

  return {
    map, view, layers, tiles, labels, lasso, things, play,
    /** Other filters. */
    filter() {
      mark();
      const key = JSON.stringify(tileQuery());
      if (key === asked) return; // a place picked for the list: the map stays as it is
      asked = key;
      play.load();
      tiles.setQuery(tileQuery());
      things.show(true);
    },
    refresh() { tiles.refreshAll(); things.show(true); play.load(); },
    touch(places) { tiles.refresh(places); things.soon(); },
    minute() { layers.recount(); },
    repaint() { layers.repaint(); placeLabels(); labels.ground.redraw(); things.repaint(); lasso.repaint(); legend(); },
    /** The areas are known. */
    areas() { hereTag(map, areas, labels); mark(); placeLabels(); things.show(); },
    async boundaries() {
      await refreshGround(map);
      credit({ blurred: false });
      mark();
      placeLabels();
      things.boundaries();
    },
    /** Ring the open complaint and bring it into the free part; null takes the ring away. */
    select(place, group) {
      layers.select(place, group);
      if (place) view.reveal(place);
      placeLabels();
    },
  };
}
