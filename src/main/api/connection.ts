import { ORPCError } from "@orpc/client";
import type { StandardHandleResult } from "@orpc/server/standard";
import { RPCHandler } from "@orpc/server/websocket";
import { logBug, type WriteLog } from "./bug-log.ts";
import type { ServedRouter } from "./direct-client.ts";
import { mapErrors } from "./error-mapping.ts";
import { isReadableFrame } from "./wire-frame.ts";

/** One face on the other end of a port or a socket. Both speak oRPC's peer protocol, in text frames. */
export interface Connection {
  /** Takes one frame. False when it cannot be read: the transport then closes, for it comes from no face of ours. */
  receive(frame: unknown): boolean;
  /** Aborts every open call and closes the source of every open stream. May be called more than once. */
  end(): void;
}

/**
 * Serves the router to one face. `send` writes a frame; when it gives a promise, the stream that is being written
 * waits for it, which is how a slow reader slows its source down.
 */
export function connect(
  router: ServedRouter,
  send: (frame: unknown) => void | Promise<void>,
  options: { write?: WriteLog } = {},
): Connection {
  const handler = new RPCHandler(router, {
    clientInterceptors: [mapErrors(options.write)],
    interceptors: [refuseUnknownCall],
  });
  // The handler keeps the state of a connection by this object; listening is the transport's part.
  const peer = { send, addEventListener: () => undefined };
  let open = true;
  return {
    receive(frame) {
      if (!open) return true;
      if (!isReadableFrame(frame)) return false;
      handler.message(peer, frame).catch((error: unknown) => {
        // What is left when a stream or an answer could not be written: the face is gone, or there is a bug in here.
        if (open) logBug(error, "the connection", options.write);
      });
      return true;
    },
    end() {
      if (!open) return;
      open = false;
      handler.close(peer);
    },
  };
}

async function refuseUnknownCall(call: {
  request: { url: URL };
  next(): Promise<StandardHandleResult>;
}): Promise<StandardHandleResult> {
  const result = await call.next();
  if (result.matched) return result;
  throw new ORPCError("unsupported", {
    defined: true,
    message: `This Bayplan has no call "${call.request.url.pathname.slice(1)}".`,
    data: { hint: "The page and the host are of different versions. Reload the page." },
  });
}
