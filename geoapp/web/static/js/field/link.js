/** Whether the server can be reached: what the browser says, and what the last request met. */

let silent = false;
const told = new Set();

/** True without a network, or when the last request got no answer. */
export const offline = () => globalThis.navigator?.onLine === false || silent;

/** Note that a request was answered, or that it was not. */
export function answered(came) {
  if (silent === !came) return;
  silent = !came;
  for (const tell of told) tell();
}

/** Call *tell* whenever the link may have changed; *back* when the network has come back. */
export function watchLink(tell, back) {
  told.add(tell);
  window.addEventListener('offline', tell);
  // What went unanswered before says nothing about the new network.
  window.addEventListener('online', () => { silent = false; tell(); back(); });
}
