/** Second screen: the map moves under the pin, the answer says who acts and by when. */

import { address, ApiError, getJson } from '../shared/api.js';
import { config, groupOf, localName } from '../shared/config.js';
import { byId, el, groupGlyph } from '../shared/dom.js';
import { number } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { refreshGround } from '../map/ground.js';
import { createAround } from './around.js';
import { sentAccuracy } from './draft.js';
import { fitCity, prepareGround, shellMap } from './ground.js';
import { addAreaLabels } from './labels.js';
import { offerCard, openOffer, photoTime } from './offer.js';
import { createAnnouncer, createPinMap, deviceFix } from './pinmap.js';
import { answerRows, placeRows, spoken } from './words.js';

/** From here on a house can be told from its neighbour. */
const GOOD_ZOOM = 16;
const FIRST_ZOOM = 13;
const PHOTO_ZOOM = 17;
/** A GPS fix still counts as the pin's place within this many metres of it. */
const SAME_PLACE_M = 3;

/**
 * The rows of an answer of GET /api/v1/locate; a name the citizen confirmed replaces the server's.
 *
 * @param {object} located
 * @param {import('./draft.js').Place} [place]
 */
export function locatedRows(located, place) {
  const named = place?.kelurahan && located.confirm?.choices?.find((one) => one.code === place.kelurahan);
  return placeRows({
    kelurahan: place?.name ?? located.kelurahan?.name ?? null,
    kecamatan: named ? kecamatanName(named) : place?.kecamatan ?? located.kecamatan?.name ?? null,
    agency: located.agency.name,
    clock: located.target.clock,
    amount: located.target.amount,
    dueAt: located.due_at,
  });
}

/** The kecamatan of a choice, given as a name or as {code, name}. */
export function kecamatanName(choice) {
  return typeof choice.kecamatan === 'string' ? choice.kecamatan : choice.kecamatan?.name ?? '';
}

/** Glyph and name of the chosen service with the way to change it. */
export function serviceRow(app) {
  const service = app.service();
  if (!service) return [];
  return [groupGlyph(groupOf(service.group)), el('b', {}, localName(service.name)),
    el('button.r-change', { type: 'button', 'aria-label': t('report_change_service'), onclick: () => app.go('what') }, t('report_change'))];
}

/**
 * @param {object} app  what the screens share, see main.js
 */
export function whereScreen(app) {
  const main = byId('content');
  const answer = byId('where-answer');
  const next = byId('where-next');
  const reason = byId('where-reason');
  const hint = byId('map-hint');
  const gpsButton = byId('map-locate');
  const offer = byId('where-offer');
  const announce = createAnnouncer(byId('report-status'));
  const map = shellMap();
  const credit = map && prepareGround(map);
  const pin = map && createPinMap(map, { rest: (at) => ask(at), move });
  const around = map && createAround(map);
  let fix = null;
  let asking = null;
  let moved = false;
  let fitted = false;
  let labels = null;

  byId('where-list').addEventListener('click', () => app.go('list'));
  gpsButton.addEventListener('click', useGps);
  byId('map-zoom-in').addEventListener('click', () => map?.zoomIn(1));
  byId('map-zoom-out').addEventListener('click', () => map?.zoomOut(1));
  next.addEventListener('click', proceed);
  if (map) {
    new ResizeObserver(resize).observe(map.getContainer());
    labels = addAreaLabels(map, app.areas);
  }

  function move() {
    moved = true;
    answer.classList.add('stale');
    showReason('');
  }

  /** The map's box has changed; the first time it has a size at all, it shows the city. */
  function resize() {
    pin.resize();
    if (!fitted && !app.draft.place) fitted = pin.silently(() => fitCity(map));
  }

  function showReason(text) {
    reason.textContent = text;
    if (text) next.setAttribute('aria-disabled', 'true');
    else next.removeAttribute('aria-disabled');
  }

  async function proceed() {
    if (moved && pin) await ask(pin.position());
    if (next.getAttribute('aria-disabled') === 'true') {
      app.say(reason.textContent);
      return;
    }
    app.onward('where', next);
  }

  /** Offer the place a photo was taken at; once answered it is not asked again. */
  function showOffer() {
    const photo = pin && openOffer(app.draft);
    main.toggleAttribute('data-offer', Boolean(photo));
    if (offer.firstElementChild?.dataset.photo === photo?.key) return;
    if (!photo) {
      offer.replaceChildren();
      return;
    }
    const card = offerCard(app, photo, (answer) => answered(photo, answer));
    offer.replaceChildren(card);
    announce([...card.querySelectorAll('p > *')].map((line) => line.textContent).join('. '));
  }

  async function answered(photo, answer) {
    const offers = { ...app.draft.offers, [photo.key]: answer };
    app.save({ offers });
    if (answer === 'used') {
      const time = photoTime(app.draft);
      app.save({ observed_at: time, seen_as_photo: Boolean(time) });
      fix = null;
      pin.clearFix();
      pin.show(photo.found.lon, photo.found.lat, PHOTO_ZOOM);
      await ask(pin.position(), { from_photo: true });
    } else {
      showPlace();
    }
    next.focus({ preventScroll: true });
  }

  /** Ask the server about the pin; the newest question alone counts. */
  async function ask(at, known = {}) {
    asking?.abort();
    const own = new AbortController();
    asking = own;
    moved = false;
    const accuracy = fix && pin.distanceM(fix.lon, fix.lat) <= SAME_PLACE_M ? fix.accuracyM : null;
    if (fix && pin.distanceM(fix.lon, fix.lat) > Math.max(fix.accuracyM, 100)) {
      fix = null;
      pin.clearFix();
    }
    const place = { kind: 'point', ...at, accuracy_m: accuracy, located: null, ...known };
    const skeleton = setTimeout(() => {
      if (!app.draft.place?.located) answer.replaceChildren(skeletonRows());
    }, 300);
    try {
      place.located = await getJson(locateAddress(place), { signal: own.signal });
    } catch (error) {
      if (own.signal.aborted) return;
      if (error instanceof ApiError && error.code === 'outside_city') {
        place.outside = { message: error.message, remedy: error.remedy };
      } else {
        place.unchecked = error instanceof ApiError && error.status < 500 ? error.message : '';
      }
    } finally {
      clearTimeout(skeleton);
    }
    if (own.signal.aborted) return;
    asking = null;
    app.save({ place });
    delete app.refused.lon;
    delete app.refused.lat;
    delete app.refused.kelurahan;
    showPlace(true);
  }

  function locateAddress(place) {
    return address('/api/v1/locate', {
      lon: place.lon,
      lat: place.lat,
      service: app.draft.service,
      accuracy_m: place.accuracy_m ? sentAccuracy(place.accuracy_m) : null,
    });
  }

  function skeletonRows() {
    return el('div.r-who', { 'aria-hidden': 'true' }, [0, 1, 2].map(() => el('div', {},
      el('i.skeleton.dot'), el('i.skeleton.wide'), el('i.skeleton.narrow'))));
  }

  /** Bring card, button, polygon and marks of the map in line with the draft. */
  function showPlace(speak = false) {
    const { place } = app.draft;
    answer.classList.remove('stale');
    main.dataset.place = place?.kind ?? 'none';
    showMarks(place);
    showOffer();
    if (place?.kind !== 'point') {
      message(t('report_where_start'), t('report_where_start_hint'));
      showReason(t('report_where_start'));
    } else if (place.outside) {
      message(place.outside.message, place.outside.remedy ?? t('report_outside_hint'), 'over');
      showReason(place.outside.message);
    } else if (place.located) {
      const refused = app.refused.lon ?? app.refused.lat;
      const rows = locatedRows(place.located);
      answer.replaceChildren(answerRows(rows));
      if (refused) answer.prepend(el('p.r-error', {}, refused));
      showReason('');
      if (speak) announce(spoken(rows));
      return;
    } else {
      message(t('report_unchecked'), place.unchecked || t('report_unchecked_hint'), null,
        el('button.btn', { type: 'button', onclick: () => ask(pin.position()) }, t('try_again')));
      showReason('');
    }
    if (speak) announce(answer.textContent);
  }

  function message(strong, hintText, kind = null, action = null) {
    answer.replaceChildren(el(`div.r-message${kind ? `.${kind}` : ''}`, {},
      el('b', {}, strong), el('span', {}, hintText), action));
  }

  /** Polygon, hint and the line at the map's edge. */
  async function showMarks(place) {
    if (!pin) return;
    hint.textContent = place?.kind === 'point' && !place.outside && pin.position().zoom < GOOD_ZOOM
      ? t('report_zoom_in') : t('report_move_map');
    const marks = [];
    if (place?.from_photo) marks.push(t('report_from_photo'));
    if (fix) marks.push(t('report_gps_accuracy', { n: number(Math.max(1, Math.round(fix.accuracyM))) }));
    // On a phone the source's full name would cover the map it speaks of.
    const { source, approximate } = config.city.boundaries ?? {};
    if (source && window.matchMedia('(min-width: 900px)').matches) {
      marks.push(t(approximate ? 'credit_approximate' : 'credit_boundaries', { source }));
    } else if (approximate) {
      marks.push(t('approximate'));
    }
    if (credit) marks.push(credit);
    byId('map-attr').textContent = marks.join(' · ');
    const name = place?.name ?? place?.located?.kelurahan?.name;
    pin.describe(name ? t('report_map_at', { name }) : t('report_map_start'));
    const code = place?.kelurahan ?? place?.located?.kelurahan?.code ?? null;
    const feature = code && await areaOf(code);
    if (app.draft.place === place) pin.highlight(feature || null);
  }

  async function areaOf(code) {
    try {
      const { features } = await app.areas();
      return features.find((one) => one.properties.code === code) ?? null;
    } catch {
      return null; // The tint is an aid; the names stand in the card.
    }
  }

  async function useGps() {
    if (gpsButton.getAttribute('aria-busy') === 'true') return;
    gpsButton.setAttribute('aria-busy', 'true');
    app.say(t('report_gps_searching'));
    try {
      fix = await deviceFix();
      if (app.current === 'where') pin.showFix(fix.lon, fix.lat, fix.accuracyM);
    } catch (error) {
      fix = null;
      const text = t(`report_gps_${error.message}`);
      byId('map-attr').textContent = text;
      app.say(text);
    } finally {
      gpsButton.removeAttribute('aria-busy');
    }
  }

  /** Show the map as *screen* needs it: to point on, to look at, or not at all (the style decides). */
  function frame(screen) {
    if (!pin) return;
    const { place } = app.draft;
    main.dataset.place = place?.kind ?? 'none';
    pin.setPointing(screen === 'where');
    resize();
    around.clear();
    if (screen === 'where') return;
    if (screen === 'alike') pin.silently(() => around.show(place, app.alike.found(), app.openAlike));
    else if (place?.kind === 'point') pin.show(place.lon, place.lat, Math.max(place.zoom, FIRST_ZOOM));
    showMarks(place);
  }

  async function showArea(code) {
    const screen = app.current;
    const feature = code && await areaOf(code);
    if (!pin || app.current !== screen) return;
    pin.highlight(feature || null);
    const { place } = app.draft;
    // A pin that was set stays where it was set.
    if (feature && place?.kind === 'point') pin.showAround(feature, place);
    else if (feature) pin.fitArea(feature);
  }

  /** Other areas are in force: their lines and names, and what the pin is told now. */
  async function boundaries() {
    if (!map) return;
    const screen = app.current;
    refreshGround(map).then(() => showMarks(app.draft.place), () => {});
    (await labels)();
    labels = addAreaLabels(map, app.areas);
    if (app.draft.place?.kind !== 'point') return;
    if (screen === 'where') await ask(pin.position());
    else await this.refresh(); // what was chosen on a later screen stays chosen
  }

  return {
    frame,
    showArea,
    boundaries,
    changed: showOffer,
    enter() {
      main.querySelector('[data-for="where"] [data-service-row]').replaceChildren(...serviceRow(app));
      if (!pin) {
        message(t('report_map_failed'), t('report_map_failed_hint'));
        showReason(t('report_map_failed'));
        return;
      }
      const { place } = app.draft;
      if (place?.kind === 'point') {
        pin.show(place.lon, place.lat, place.zoom);
        if (!place.located && !place.outside) ask(pin.position());
        else if (place.located) this.refresh().then(() => !moved && !asking && showPlace());
      }
      showPlace();
    },
    leave() {
      asking?.abort();
      asking = null;
    },
    /** Ask again about the kept pin, so that the promised time is fresh; keeps the old on failure. */
    async refresh() {
      const { place } = app.draft;
      if (place?.kind !== 'point') return;
      try {
        const located = await getJson(locateAddress(place));
        if (app.draft.place === place) {
          place.located = located;
          app.save({ place });
        }
      } catch {
        // The server decides anyway when the report is sent.
      }
    },
  };
}
