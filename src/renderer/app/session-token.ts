/** The one-time token of an address that `bayplan serve` printed: `#token=…`; null when there is none. */
export function tokenInFragment(fragment: string): string | null {
  const match = /^#\/?token=([^&]+)$/.exec(fragment);
  return match?.[1] === undefined ? null : decodeURIComponent(match[1]);
}

/**
 * Exchanges the token of the page's address for a session cookie and takes it out of the address bar and the history.
 * Whether it worked shows when the socket opens: an older cookie of this browser may still be good.
 */
export async function exchangeToken(): Promise<void> {
  const token = tokenInFragment(location.hash);
  if (token === null) return;
  history.replaceState(null, "", `${location.pathname}${location.search}#/`);
  await fetch("/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
    credentials: "same-origin",
  });
}
