import { postJson } from '../../shared/api.js';

/** What every change by a signed-in browser must carry: the form token of the page. */
export function formToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? '';
}

/** Like postJson, as the member of staff whose session this is. */
export function send(url, value, headers = {}) {
  return postJson(url, value, { 'X-CSRFToken': formToken(), ...headers });
}
