/**
 * Keep the screen on where the browser can. It lets go whenever the page is hidden, so it is asked
 * again on coming back; a browser that refuses (no https, little battery) is left alone until then.
 */
export function stayAwake() {
  const ask = () => {
    if (document.visibilityState === 'visible') navigator.wakeLock?.request('screen').catch(() => {});
  };
  document.addEventListener('visibilitychange', ask);
  ask();
}
