/** A file that is made for whoever proves themself: asked for by POST, so that no address holds the key. */

import { address, ApiError } from '../shared/api.js';
import { config } from '../shared/config.js';

/**
 * Ask for a file and hand it to the browser's downloads.
 *
 * @param {string} path
 * @param {object} body   sent as JSON
 * @param {string} name   of the file
 * @throws {ApiError} for an HTTP error status
 */
export async function download(path, body, name) {
  const response = await fetch(address(path), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Accept-Language': config.lang ?? 'id' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new ApiError(response.status, {});
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
