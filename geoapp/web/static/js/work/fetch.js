import { config } from '../shared/config.js';

/** Fetch the part of a case's page that changes, as the server words it. */
export async function fetchCase(ticket, signal) {
  const response = await fetch(`${config.base ?? ''}/case/${encodeURIComponent(ticket)}?part=live`, { headers: { Accept: 'text/html' }, signal });
  const html = await response.text();
  const part = new DOMParser().parseFromString(html, 'text/html').getElementById('case-live');
  if (!response.ok || !part) throw Object.assign(new Error(`case ${ticket}: HTTP ${response.status}`), { status: response.status });
  return document.adoptNode(part);
}
