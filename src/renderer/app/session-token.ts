/** The one-time token of an address that `bayplan serve` printed: `#token=…`; null when there is none. */
export function tokenInFragment(fragment: string): string | null {
  const match = /^#\/?token=([^&]+)$/.exec(fragment);
  return match?.[1] === undefined ? null : decodeURIComponent(match[1]);
}

/**
 * Takes the token out of the page's address and its history, before the router looks at the fragment; null when there is none.
 */
export function takeToken(): string | null {
  const token = tokenInFragment(location.hash);
  if (token !== null) history.replaceState(null, "", `${location.pathname}${location.search}#/`);
  return token;
}

/**
 * Exchanges a token for a session cookie. Whether it worked shows when the socket opens: an older cookie of this browser
 * may still be good.
 */
export async function exchangeToken(token: string): Promise<void> {
  await fetch("/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
    credentials: "same-origin",
  });
}
