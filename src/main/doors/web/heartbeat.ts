import type { WebSocketServer } from "ws";

/** A browser that did not answer a ping for this long is gone; its streams are ended. */
const beatMs = 15_000;

/** Pings every open socket and ends those that did not answer the last ping. Gives the function that stops it. */
export function keepHeartbeat(server: WebSocketServer): () => void {
  const silent = new WeakSet<object>();
  server.on("connection", (socket) => {
    socket.on("pong", () => silent.delete(socket));
  });
  const timer = setInterval(() => {
    for (const socket of server.clients) {
      if (silent.has(socket)) socket.terminate();
      silent.add(socket);
      socket.ping();
    }
  }, beatMs);
  timer.unref();
  return () => clearInterval(timer);
}
