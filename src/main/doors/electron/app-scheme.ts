import { protocol, type Session } from "electron";
import type { RendererFiles } from "../../api/index.ts";

const scheme = "app";

/** Where the page lives: an origin of its own that no web site can have. */
export const appOrigin = `${scheme}://bayplan`;

/** Must run before the app is ready: it makes `app:` a scheme with origins, secure contexts and fetch. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built page at `app://bayplan`, with the headers that it has in a browser, and nothing at any other name. */
export function serveApp(session: Session, files: RendererFiles): void {
  session.protocol.handle(scheme, (request) => {
    const url = new URL(request.url);
    if (url.host !== "bayplan" || request.method !== "GET") return new Response(null, { status: 404 });
    const answer = files.answer(url.pathname, request.headers.get("if-none-match") ?? undefined);
    return new Response(answer.body, { status: answer.status, headers: { ...answer.headers } });
  });
}
