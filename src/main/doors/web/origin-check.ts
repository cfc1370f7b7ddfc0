import type { IncomingMessage } from "node:http";

/** Names under which a server on loopback may be called. Any other name is DNS rebinding, or a mistake. */
const loopbackNames = ["127.0.0.1", "localhost"];

export interface OriginCheck {
  /** The Host header names this server. */
  isOurHost(request: IncomingMessage): boolean;
  /** The request comes from a page of this server, under the very name by which it was called. */
  isOurOrigin(request: IncomingMessage): boolean;
}

/** Checks against the port that the server really listens on. */
export function originCheck(port: number): OriginCheck {
  const hosts = new Set(loopbackNames.map((name) => `${name}:${port}`));
  const isOurHost = (request: IncomingMessage) => hosts.has(request.headers.host?.toLowerCase() ?? "");
  return {
    isOurHost,
    isOurOrigin: (request) =>
      isOurHost(request) && request.headers.origin === `http://${request.headers.host?.toLowerCase()}`,
  };
}
