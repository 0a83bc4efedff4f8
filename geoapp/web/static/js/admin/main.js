// The administration works without scripts; these save typing and scrolling.
import { copyButtons } from './copy.js';
import { areaSearch, rowSearch } from './search.js';

const config = JSON.parse(document.getElementById('geoapp-config').textContent);

copyButtons(config.i18n);
areaSearch(config.i18n);
rowSearch(config.i18n);
document.querySelector('[aria-invalid="true"]')?.focus();
