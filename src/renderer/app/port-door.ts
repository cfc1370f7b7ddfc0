const request = "bayplan:connect";
const answer = "bayplan:port";

/**
 * Asks the preload script for a port to the host and waits for it. Null when none comes in time: then this page
 * is in an ordinary browser.
 */
export function requestPort(timeoutMs: number): Promise<MessagePort | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(null), timeoutMs);
    function finish(port: MessagePort | null): void {
      clearTimeout(timer);
      window.removeEventListener("message", onMessage);
      resolve(port);
    }
    function onMessage(event: MessageEvent<unknown>): void {
      const port = event.ports[0];
      if (event.source === window && event.data === answer && port !== undefined) finish(port);
    }
    window.addEventListener("message", onMessage);
    window.postMessage(request, window.origin === "null" ? "*" : window.origin);
  });
}
