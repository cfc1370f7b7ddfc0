import { request } from "node:http";
import { createRequire } from "node:module";

/**
 * docker-modem follows redirects to wherever an answer says, with a request of this machine's own; a place that it cannot
 * parse ends the process. An engine has no reason to send one, and one on a hostile device must not choose what Bayplan
 * asks next: so docker-modem's requests become node's own, and a redirect is an answer that is not a success.
 */
export function refuseRedirects(): void {
  const resolveHere = createRequire(import.meta.url).resolve;
  const modemHttp: unknown = createRequire(resolveHere("dockerode"))("docker-modem/lib/http");
  const hasHttp = typeof modemHttp === "object" && modemHttp !== null && "http" in modemHttp;
  if (!hasHttp || typeof modemHttp.http !== "object" || modemHttp.http === null) {
    throw new Error("docker-modem is not as it was: its redirects cannot be switched off.");
  }
  Object.assign(modemHttp.http, { request });
}
