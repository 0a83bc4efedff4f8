import { config } from './config.js';

/** An error answer of the server: `code`, `message` and `fields` as in its one JSON error shape. */
export class ApiError extends Error {
  constructor(status, error) {
    super(error.message ?? `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = error.code ?? 'unknown';
    this.remedy = error.remedy ?? null;
    this.fields = error.fields ?? [];
    this.details = error;
  }
}

/** Address of *path* on this server, in this city; empty parameters are left out. */
export function address(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    if (value != null && value !== '') query.set(key, value);
  }
  const text = query.toString();
  return `${config.base ?? ''}${path}${text ? `?${text}` : ''}`;
}

/**
 * Fetch JSON from our own server.
 *
 * @param {string} url as made by address(), or a link the server sent
 * @param {RequestInit} [options]
 * @returns {Promise<any>} the parsed body
 * @throws {ApiError} for an HTTP error status; the browser's own errors (network, abort) pass through
 */
export async function getJson(url, options = {}) {
  const response = await fetch(url, {
    ...options,
    headers: { Accept: 'application/json', 'Accept-Language': config.lang ?? 'id', ...options.headers },
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, body.error ?? {});
  return body;
}

/** Like getJson, sending *value* as JSON by POST. */
export function postJson(url, value, headers = {}) {
  return getJson(url, {
    method: 'POST',
    body: JSON.stringify(value),
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}
