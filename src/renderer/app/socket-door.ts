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
 * A browser does not say why a socket was refused. When the same server still hands out the page,
 * the reason is the session and not the line.
 */
export async function serverAnswers(): Promise<boolean> {
  try {
    const response = await fetch(location.pathname, { cache: "no-store", credentials: "same-origin" });
    return response.ok;
  } catch {
    // A failed fetch is the answer asked for: nobody is there.
    return false;
  }
}
