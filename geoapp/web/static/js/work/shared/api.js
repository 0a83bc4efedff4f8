import { postJson } from '../../shared/api.js';

/** What every change by a signed-in browser must carry: the form token of the page. */
export function formToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? '';
}

/** Take the form token of a page loaded now: whoever signed in again has a new one. True when it differs. */
async function renew() {
  const before = formToken();
  const html = await fetch(location.href, { headers: { Accept: 'text/html' } }).then((response) => response.text()).catch(() => '');
  const found = /<meta name="csrf-token" content="([^"]+)"/.exec(html)?.[1]; // tokens have no entities
  if (!found || found === before) return false;
  document.querySelector('meta[name="csrf-token"]').content = found;
  return true;
}

/** Like postJson, as the member of staff whose session this is; an outdated form token is exchanged once. */
export async function send(url, value, headers = {}) {
  const post = () => postJson(url, value, { 'X-CSRFToken': formToken(), ...headers });
  try {
    return await post();
  } catch (error) {
    if (error.status === 400 && await renew()) return post();
    throw error;
  }
}
