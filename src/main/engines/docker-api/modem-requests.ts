import { type ClientRequest, request } from "node:http";
import { createRequire } from "node:module";

/**
 * docker-modem follows redirects to wherever an answer says, with a request of this machine's own; a place that it cannot
 * parse ends the process. An engine has no reason to send one, and one on a hostile device must not choose what Bayplan
 * asks next: so docker-modem's requests become node's own, and a redirect is an answer that is not a success.
 */
export function takeOverRequests(): void {
  const resolveHere = createRequire(import.meta.url).resolve;
  const modemHttp: unknown = createRequire(resolveHere("dockerode"))("docker-modem/lib/http");
  const hasHttp = typeof modemHttp === "object" && modemHttp !== null && "http" in modemHttp;
  if (!hasHttp || typeof modemHttp.http !== "object" || modemHttp.http === null) {
    throw new Error("docker-modem is not as it was: its redirects cannot be switched off.");
  }
  Object.assign(modemHttp.http, { request: ask });
}

function ask(...words: Parameters<typeof request>): ClientRequest {
  const asked = request(...words);
  // Nobody here changes the protocol. Without a listener node hangs up and says nothing, and the call would never end.
  asked.once("upgrade", (_answer, socket) => {
    socket.destroy();
    asked.emit("error", Object.assign(new Error("It answers in another protocol"), { code: "HPE_UPGRADE" }));
  });
  return asked;
}
