import type { RawData, WebSocket } from "ws";
import type { WriteLog } from "./bug-log.ts";
import { connect } from "./connection.ts";
import type { ServedRouter } from "./direct-client.ts";
import type { Served } from "./serve-port.ts";

/** While more than this waits to be written, streams wait with it: a slow reader slows its source, not our memory. */
const highWaterBytes = 256 * 1024;

/** Close code of RFC 6455 for a frame that we refuse to read. */
const policyViolation = 1008;

/**
 * Serves the router over a WebSocket until it closes. When the peer is gone its calls are aborted and the sources of
 * its streams closed.
 */
export function serveSocket(router: ServedRouter, socket: WebSocket, options: { write?: WriteLog } = {}): Served {
  const connection = connect(router, (frame) => send(socket, frame), options);
  socket.on("message", (data: RawData, isBinary: boolean) => {
    const frame = isBinary || !Buffer.isBuffer(data) ? null : data.toString("utf8");
    if (!connection.receive(frame)) socket.close(policyViolation, "unreadable frame");
  });
  socket.on("close", () => connection.end());
  // A broken frame or reset makes `ws` emit an error and then close: the close does the work.
  socket.on("error", () => connection.end());
  return {
    close: () => {
      connection.end();
      socket.terminate();
    },
  };
}

function send(socket: WebSocket, frame: unknown): void | Promise<void> {
  if (typeof frame !== "string") throw new TypeError("The contract has no files: only text frames are sent.");
  if (socket.readyState !== socket.OPEN) return undefined;
  if (socket.bufferedAmount < highWaterBytes) {
    socket.send(frame);
    return undefined;
  }
  // The callback comes when the frame was handed to the system, or when the socket broke: both end the waiting.
  return new Promise((resolve) => {
    socket.send(frame, () => resolve());
  });
}
