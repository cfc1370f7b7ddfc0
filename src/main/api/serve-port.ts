import type { WriteLog } from "./bug-log.ts";
import { connect } from "./connection.ts";
import type { ServedRouter } from "./direct-client.ts";

/** The part of Electron's MessagePortMain that serving needs. */
export interface ServedPort {
  on(event: "message", listener: (event: { data: unknown }) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  postMessage(data: unknown): void;
  start(): void;
  close(): void;
}

/** One served connection; closing it ends its calls and streams. May be closed more than once. */
export interface Served {
  close(): void;
}

/**
 * Serves the router over a message port until either side closes it. A port has no backpressure: what streams over it
 * must be bounded at its source.
 */
export function servePort(router: ServedRouter, port: ServedPort, options: { write?: WriteLog } = {}): Served {
  const connection = connect(router, (frame) => port.postMessage(frame), options);
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    // A port does not tell its own side that it was closed, so the connection is ended by hand.
    connection.end();
    port.close();
  };
  port.on("message", (event) => {
    if (open && !connection.receive(event.data)) close();
  });
  port.on("close", close);
  port.start();
  return { close };
}
