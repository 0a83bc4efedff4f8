/** Steps without an answer are sent again by themselves: at once when there is reason to, else with back-off. */

const PAUSES_MS = [5_000, 15_000, 60_000];

/**
 * Sending again is safe: the version in a step keeps it from happening twice, see send.js.
 *
 * @param {object} on
 * @param {() => object[]} on.kept  the steps that wait, oldest first
 * @param {(sent: object) => Promise<string>} on.send  answers the outcome: 'waiting' when no answer
 *   came, 'out' when one must sign in first
 * @param {() => boolean} on.may  whether there is any use in trying now
 */
export function createOutbox(on, later = setTimeout, pauses = PAUSES_MS) {
  let tries = 0;
  let timer = null;
  let running = false;

  async function run() {
    timer = null;
    if (running || !on.may()) return;
    running = true;
    let lost = false;
    try {
      for (const sent of on.kept()) {
        const outcome = await on.send(sent);
        lost = outcome === 'waiting';
        if (lost || outcome === 'out') break; // the others would meet the same
      }
    } finally {
      running = false;
    }
    if (lost) wait();
    else tries = 0;
  }

  /** Try again after a while; longer each time. */
  function wait() {
    if (timer !== null || running || !on.kept().length) return;
    timer = later(run, pauses[Math.min(tries, pauses.length - 1)]);
    tries += 1;
  }

  return {
    wait,
    /** The network came back, or somebody looks at the page again. */
    now() {
      clearTimeout(timer);
      timer = null;
      tries = 0;
      return run();
    },
  };
}
