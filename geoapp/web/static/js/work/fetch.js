import { config } from '../shared/config.js';
import { fetchedPage } from '../shared/fetched.js';

/** The newest entry of a case's history in *part*, as the server words it: who, what, when, and whether it was the viewer; or null. */
export function newestOf(part) {
  const entry = part?.querySelector('.case-history .tl li');
  const words = (selector) => entry?.querySelector(selector)?.textContent.replace(/\s+/g, ' ').trim() ?? '';
  return entry ? { words: `${words('.by')}: ${words('b')}, ${words('time')}.`, own: 'own' in entry.dataset } : null;
}

/** Fetch the part of a case's page that changes, as the server words it. */
export async function fetchCase(ticket, signal) {
  const response = await fetch(`${config.base ?? ''}/case/${encodeURIComponent(ticket)}?part=live`, { headers: { Accept: 'text/html' }, signal });
  const part = response.ok ? fetchedPage(await response.text()).getElementById('case-live') : null;
  if (!part) throw Object.assign(new Error(`case ${ticket}: HTTP ${response.status}`), { status: response.status });
  return document.adoptNode(part);
}
