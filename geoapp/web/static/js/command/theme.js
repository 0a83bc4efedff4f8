/** The light or the dark look, remembered by this browser in a cookie, so that the page comes in it. */

const YEAR_S = 365 * 24 * 3600;

/**
 * @param {HTMLButtonElement} button pressed while the look is dark
 * @param {() => void} changed called when the look is another one: canvases are to be drawn again
 */
export function theme(button, changed) {
  button.addEventListener('click', () => {
    const dark = document.documentElement.dataset.theme !== 'dark';
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    button.setAttribute('aria-pressed', String(dark));
    document.cookie = `theme=${dark ? 'dark' : 'light'}; path=/; max-age=${YEAR_S}; samesite=lax`;
    changed();
  });
}
