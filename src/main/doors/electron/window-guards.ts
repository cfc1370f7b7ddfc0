import type { Session, WebContents } from "electron";
import { appOrigin } from "./app-scheme.ts";

/**
 * The page stays where it is: it opens no window, goes to no other address (its own reload apart), attaches no web
 * view, and gets no permission of the system. Whatever Bayplan shows is its own.
 */
export function guardContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: "deny" }));
  contents.on("will-frame-navigate", (event) => {
    if (!event.isMainFrame || !isOwnPage(event.url)) event.preventDefault();
  });
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
}

/** Denies every permission, asked for or checked, except to copy what a person selected. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide) => decide(permission === copying));
  session.setPermissionCheckHandler((_contents, permission) => permission === copying);
  session.setDevicePermissionHandler(() => false);
}

const copying = "clipboard-sanitized-write";

function isOwnPage(url: string): boolean {
  return url === appOrigin || url.startsWith(`${appOrigin}/`);
}
