/** Copy and share an address, where the browser lets us. */

/**
 * Put *text* on the clipboard; also in pages without TLS, where the clipboard API is missing.
 *
 * @param {string} text
 * @returns {Promise<boolean>} false when the browser refused
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/**
 * Hand *url* to the device's own share sheet, or copy it where there is none.
 *
 * @param {string} url
 * @param {string} title
 * @returns {Promise<'shared'|'copied'|'cancelled'|'failed'>}
 */
export async function shareLink(url, title) {
  if (typeof navigator.share === 'function') {
    try {
      await navigator.share({ url, title });
      return 'shared';
    } catch (error) {
      if (error.name === 'AbortError') return 'cancelled';
    }
  }
  return (await copyText(url)) ? 'copied' : 'failed';
}

function copyBySelection(text) {
  const active = document.activeElement;
  const field = document.createElement('textarea');
  field.className = 'sr';
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  active?.focus();
  return copied;
}
