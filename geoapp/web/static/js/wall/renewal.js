const KEPT = 'geoapp.wall.renewed';
const APART_MS = 10 * 60_000;
const FADE_MS = 400;

/** Loads the page anew when the server has another version of it, between two slides. */
export class Renewal {
  /**
   * @param {import('./link.js').Link} link
   * @param {string} version of the page that runs
   */
  constructor(link, version) {
    Object.assign(this, { link, version, newer: false });
  }

  /** Ask which version is served. */
  async look() {
    const served = await this.link.version();
    this.newer = Boolean(served) && served !== this.version;
  }

  /**
   * Load anew if there is reason to. Not more often than every ten minutes: while a server is
   * replaced its old and new workers answer by turns. Asked first, so that a server which has
   * gone since doesn't leave the browser's own error page on the wall.
   *
   * @returns {Promise<boolean>} whether the page is going
   */
  async due() {
    if (!this.newer || Date.now() - last() < APART_MS) return false;
    await this.look();
    if (!this.newer || this.link.down.size) return false;
    try { sessionStorage.setItem(KEPT, String(Date.now())); } catch { return false; }
    document.body.classList.add('leaving');
    setTimeout(() => location.reload(), FADE_MS);
    return true;
  }
}

function last() {
  try { return Number(sessionStorage.getItem(KEPT)) || 0; } catch { return 0; }
}
