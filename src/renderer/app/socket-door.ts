/** The address of the host's socket on the server that this page came from. */
function socketAddress(): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api`;
}

/** Opens a socket to the host; null when it was refused or nobody answered. */
export function openSocket(): Promise<WebSocket | null> {
  return new Promise((resolve) => {
    const socket = new WebSocket(socketAddress());
    socket.addEventListener("open", () => resolve(socket), { once: true });
    socket.addEventListener("close", () => resolve(null), { once: true });
  });
}

/**
 * A browser does not say why a socket was refused, so the session is asked for: `refused` when the host does not know
 * this browser, `admitted` when something else was in the way, `silent` when nobody answers.
 */
export async function sessionState(): Promise<"admitted" | "refused" | "silent"> {
  try {
    const response = await fetch("/session", { cache: "no-store", credentials: "same-origin" });
    return response.status === 401 ? "refused" : "admitted";
  } catch {
    // A failed fetch is the answer asked for: nobody is there.
    return "silent";
  }
}

/** What oRPC's link needs of a socket. */
export type LinkSocket = Pick<WebSocket, "addEventListener" | "removeEventListener" | "send" | "readyState">;

/**
 * The socket as the link sees it: once it broke, what is still sent goes nowhere. The link says goodbye to each open
 * stream when its signal fires, and on a broken socket that would surface as an error that nobody can act on.
 */
export function forgivingSocket(socket: WebSocket): LinkSocket {
  return {
    addEventListener: socket.addEventListener.bind(socket),
    removeEventListener: socket.removeEventListener.bind(socket),
    readyState: WebSocket.OPEN,
    send(data) {
      if (socket.readyState === WebSocket.OPEN) socket.send(data);
    },
  };
}
