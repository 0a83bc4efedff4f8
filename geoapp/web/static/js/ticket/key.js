/** The sender's key: of this address's fragment, or of an earlier one in this tab. */

/** The key in a fragment such as `#kunci=ABCDEFGH23456723`, or null. */
export function keyIn(hash) {
  return /[#&]kunci=([a-z2-7]{16})(?:&|$)/i.exec(hash)?.[1].toUpperCase() ?? null;
}

/** The key of *ticket*: of this address, or kept from before (a change of language drops the fragment). */
export function keyOf(ticket) {
  const name = `geoapp.key.${ticket}`;
  const key = keyIn(window.location.hash);
  try {
    if (key) window.sessionStorage.setItem(name, key);
    return key ?? window.sessionStorage.getItem(name);
  } catch {
    return key;
  }
}
