/**
 * A page of our own that was fetched, as a document to take a part from.
 *
 * Its inline styles carry the nonce of that answer, not of the page that asked: parsing
 * them would be reported against this page's policy, so they are left out first.
 */
export function fetchedPage(html) {
  return new DOMParser().parseFromString(html.replace(/<style[^]*?<\/style>/g, ''), 'text/html');
}
