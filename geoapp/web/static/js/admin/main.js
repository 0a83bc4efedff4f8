// The administration works without scripts; these save typing and scrolling.
import { copyButtons } from './copy.js';
import { areaSearch, rowSearch } from './search.js';

const config = JSON.parse(document.getElementById('geoapp-config').textContent);

copyButtons(config.i18n);
areaSearch(config.i18n);
rowSearch(config.i18n);
// On a phone the menu is wider than the screen.
const menu = document.querySelector('.o-nav');
const here = menu?.querySelector('[aria-current]');
if (here) menu.scrollLeft = here.offsetLeft - (menu.clientWidth - here.offsetWidth) / 2;

document.querySelector('[aria-invalid="true"]')?.focus();
