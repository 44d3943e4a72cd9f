// Hears of changes that other tabs and people made, while somebody looks: a browser has few connections to spare for hidden tabs.

/**
 * @param {{ onChange: () => void, onReconnect: () => void }} callbacks `onChange` also when the page is shown again.
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
      // A refused connection is not tried again by the browser, a lost one is.
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
