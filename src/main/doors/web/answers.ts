import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Failure } from "../../../shared/domain/index.ts";
import { type FileAnswer, securityHeaders } from "../../api/index.ts";

const statusTexts: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  421: "Misdirected Request",
  503: "Service Unavailable",
};

/** Sends a file of the page; its body is left out for HEAD. */
export function sendFile(request: IncomingMessage, response: ServerResponse, answer: FileAnswer): void {
  const length = answer.body === null ? {} : { "content-length": String(answer.body.byteLength) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(request.method === "HEAD" ? undefined : (answer.body ?? undefined));
}

/** Refuses a request with the same shape of failure that the rest of Bayplan has. */
export function refuse(response: ServerResponse, status: number, failure: Failure): void {
  response.writeHead(status, {
    ...securityHeaders,
    "content-type": "application/json",
    "cache-control": "no-store",
    // What was not read of the request is not worth a connection.
    connection: "close",
  });
  response.end(JSON.stringify({ error: failure }));
}

/** Sends an empty answer: the request did what it should. */
export function done(response: ServerResponse, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(204, { ...securityHeaders, "cache-control": "no-store", ...headers });
  response.end();
}

/** Refuses to make a WebSocket of a connection. */
export function refuseUpgrade(socket: Duplex, status: 401 | 403 | 404 | 421 | 503): void {
  socket.end(`HTTP/1.1 ${status} ${statusTexts[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
