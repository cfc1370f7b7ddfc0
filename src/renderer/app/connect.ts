import { RPCLink as PortLink } from "@orpc/client/message-port";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import { setConnection, useConnection } from "./connection-store.ts";
import { setLink } from "./link.ts";
import { requestPort } from "./port-door.ts";
import { exchangeToken, takeToken } from "./session-token.ts";
import { forgivingSocket, openSocket, sessionState } from "./socket-door.ts";

const firstRetryMs = 500;
const longestRetryMs = 8_000;

/** True in the Electron window, false in a browser. */
export function isDesktop(): boolean {
  return !location.protocol.startsWith("http") || navigator.userAgent.includes("Electron/");
}

function servePort(port: MessagePort): void {
  setLink(new PortLink({ port }));
  port.addEventListener("close", () => {
    setLink(null);
    setConnection("lost");
    void connectPort();
  });
  port.start();
  setConnection("open");
}

/** In the desktop window the port always comes: ask until it does. */
async function connectPort(): Promise<void> {
  for (;;) {
    const port = await requestPort(2_000);
    if (port !== null) return servePort(port);
    if (useConnection.getState().state === "connecting") setConnection("lost");
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Uses a socket until it closes. */
function serveSocket(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    setLink(new SocketLink({ websocket: forgivingSocket(socket) }));
    socket.addEventListener(
      "close",
      () => {
        setLink(null);
        setConnection("lost");
        resolve();
      },
      { once: true },
    );
    setConnection("open");
  });
}

/** Keeps one socket open for as long as this browser is let in, with longer and longer breaks between the tries. */
async function connectSocket(): Promise<void> {
  let retryMs = firstRetryMs;
  for (;;) {
    const socket = await openSocket();
    if (socket !== null) {
      retryMs = firstRetryMs;
      await serveSocket(socket);
    } else if ((await sessionState()) === "refused") {
      setConnection("refused");
      return;
    } else {
      setConnection("lost");
    }
    await pause(retryMs * (0.75 + Math.random() / 2));
    retryMs = Math.min(retryMs * 2, longestRetryMs);
  }
}

/**
 * Connects this face to its host and keeps it connected: through a port of the preload script where there is one,
 * else through a WebSocket to the server of this page.
 */
export async function connect(): Promise<void> {
  if (isDesktop()) return connectPort();
  const token = takeToken();
  const port = await requestPort(200);
  if (port !== null) return servePort(port);
  try {
    if (token !== null) await exchangeToken(token);
  } catch {
    // The server went away between the page and this call; the socket below finds that out and tries again.
    setConnection("lost");
  }
  return connectSocket();
}
