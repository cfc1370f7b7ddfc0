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

/** Headers with secrets, by the signal of the request that they belong to. */
const secretHeaders = new WeakMap<AbortSignal, Readonly<Record<string, string>>>();

/** Headers that docker-modem never sees: with DEBUG=modem in the environment it prints all that it sends. */
export function giveSecretHeaders(signal: AbortSignal, headers: Readonly<Record<string, string>>): void {
  secretHeaders.set(signal, headers);
}

/** Answers of the kind "still at it" (1xx) that may come before the answer. Engines send none. */
const interimMax = 16;

function ask(...words: Parameters<typeof request>): ClientRequest {
  const asked = request(...words);
  for (const [name, value] of Object.entries(secretsFor(words))) asked.setHeader(name, value);
  let interim = 0;
  asked.on("information", () => {
    interim += 1;
    if (interim > interimMax) asked.destroy(Object.assign(new Error("It never answers"), { code: "HPE_INTERIM" }));
  });
  // Nobody here changes the protocol. Without a listener node hangs up and says nothing, and the call would never end.
  asked.once("upgrade", (_answer, socket) => {
    socket.destroy();
    asked.emit("error", Object.assign(new Error("It answers in another protocol"), { code: "HPE_UPGRADE" }));
  });
  return asked;
}

function secretsFor([options]: Parameters<typeof request>): Readonly<Record<string, string>> {
  const signal = typeof options === "object" && "signal" in options ? options.signal : undefined;
  return (signal instanceof AbortSignal ? secretHeaders.get(signal) : undefined) ?? {};
}
