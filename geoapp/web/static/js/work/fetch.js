import { config } from '../shared/config.js';

/** The newest entry of a case's history in *part*, as the server words it: who, what, when; or null. */
export function newestOf(part) {
  const entry = part?.querySelector('.case-history .tl li');
  const words = (selector) => entry?.querySelector(selector)?.textContent.replace(/\s+/g, ' ').trim() ?? '';
  return entry ? `${words('.by')}: ${words('b')}, ${words('time')}.` : null;
}

/** Fetch the part of a case's page that changes, as the server words it. */
export async function fetchCase(ticket, signal) {
  const response = await fetch(`${config.base ?? ''}/case/${encodeURIComponent(ticket)}?part=live`, { headers: { Accept: 'text/html' }, signal });
  const html = await response.text();
  const part = new DOMParser().parseFromString(html, 'text/html').getElementById('case-live');
  if (!response.ok || !part) throw Object.assign(new Error(`case ${ticket}: HTTP ${response.status}`), { status: response.status });
  return document.adoptNode(part);
}
