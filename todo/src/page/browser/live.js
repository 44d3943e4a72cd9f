// Receives changes made in other tabs and by other people, while the page is visible: a browser has few connections for hidden tabs.

/**
 * @param {{ onChange: () => void, onReconnect: () => void }} callbacks `onChange` is also called when the page becomes visible again.
 */
export function followChanges({ onChange, onReconnect }) {
  let isFirst = true;
  /** @type {EventSource | undefined} */
  let source;
  const connect = () => {
    source = new EventSource('/events');
    source.addEventListener('open', () => {
      if (!isFirst) onReconnect();
      isFirst = false;
    });
    source.addEventListener('changed', onChange);
    source.addEventListener('error', () => {
      // The browser retries a lost connection, but not a refused one.
      if (source?.readyState === EventSource.CLOSED) setTimeout(reconnect, 5000);
    });
  };
  const reconnect = () => {
    source?.close();
    source = undefined;
    if (document.visibilityState === 'visible') connect();
  };
  document.addEventListener('visibilitychange', reconnect);
  addEventListener('pagehide', () => source?.close());
  reconnect();
}
