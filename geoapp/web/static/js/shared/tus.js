/**
 * The upload protocol, in a bundle of its own: fetched when the first photo is picked, so that
 * the page weighs nothing more for those who send none. A classic script leaves it to the page
 * under this name.
 */

import { DetailedError, Upload } from 'tus-js-client';

window.geoappTus = { DetailedError, Upload };
