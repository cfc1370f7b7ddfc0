import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { loadRendererFiles, logBug, maxFrameBytes, type ServedRouter, serveSocket } from "../../api/index.ts";
import { refuseUpgrade } from "./answers.ts";
import { keepHeartbeat } from "./heartbeat.ts";
import { listen } from "./listen.ts";
import { OneTimeTokens } from "./one-time-tokens.ts";
import { originCheck } from "./origin-check.ts";
import { type Admission, answerRequest, upgradeRefusal } from "./requests.ts";
import { Sessions } from "./sessions.ts";

export interface WebDoorOptions {
  router: ServedRouter;
  /** The folder of the built page, with its index.html. */
  rendererFolder: string;
  /** 0 is any free port. */
  port: number;
  /** Loopback only: on any other address this page would give the network a shell on every device. */
  host: "127.0.0.1";
  /** The clock by which one-time links expire, in ms. */
  now?: () => number;
  /** Where bugs are logged; stderr unless told. */
  write?: (text: string) => void;
}

export interface WebDoor {
  /** The address with a one-time token in its fragment, which browsers send to nobody. */
  readonly url: string;
  readonly port: number;
  /** Another one-time link, for another browser. */
  newUrl(): string;
  /** Ends every connection with its calls and streams, and stops to listen. */
  close(): Promise<void>;
}

/** Sockets at once; a page needs one. */
const mostSockets = 64;

/**
 * Serves the page and the contract on loopback. A browser gets in by a one-time token that it exchanges for a cookie;
 * the WebSocket asks for the cookie, for our own Origin and for a Host header that names this server.
 * Throws `conflict` when the port is in use and `not-found` when the page was not built.
 */
export async function serveWeb(options: WebDoorOptions): Promise<WebDoor> {
  const files = await loadRendererFiles(options.rendererFolder);
  const server = createServer();
  const port = await listen(server, options.host, options.port);
  const admission: Admission = {
    tokens: new OneTimeTokens(options.now ?? Date.now),
    sessions: new Sessions(port),
    check: originCheck(port),
  };
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false });
  const stopHeartbeat = keepHeartbeat(sockets);
  const serving = options.write === undefined ? {} : { write: options.write };
  sockets.on("connection", (socket) => serveSocket(options.router, socket, serving));
  server.on("request", (request, response) => {
    answerRequest(files, admission, request, response).catch((error: unknown) => {
      // A client that hangs up in the middle of its own request is nobody's bug.
      if (!request.destroyed) logBug(error, "the web door", options.write);
      response.destroy();
    });
  });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const status = sockets.clients.size >= mostSockets ? 503 : upgradeRefusal(admission, request);
    if (status !== null) return refuseUpgrade(socket, status);
    sockets.handleUpgrade(request, socket, head, (open) => sockets.emit("connection", open, request));
  });
  const newUrl = () => `http://${options.host}:${port}/#token=${admission.tokens.mint()}`;
  return {
    url: newUrl(),
    port,
    newUrl,
    async close() {
      stopHeartbeat();
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
