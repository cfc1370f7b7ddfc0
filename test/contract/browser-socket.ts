import type { WebSocket as NodeSocket } from "ws";

type BrowserSocket = Pick<WebSocket, "addEventListener" | "removeEventListener" | "readyState" | "send">;

/** A socket of `ws` in the shape that a browser's has, as far as the client of the contract needs it. */
export function asBrowserSocket(socket: NodeSocket): BrowserSocket {
  const target = new EventTarget();
  socket.on("message", (data) => target.dispatchEvent(new MessageEvent("message", { data: data.toString() })));
  socket.on("open", () => target.dispatchEvent(new Event("open")));
  socket.on("close", () => target.dispatchEvent(new Event("close")));
  return {
    get readyState() {
      return socket.readyState;
    },
    send: (data) => socket.send(data.toString()),
    addEventListener: (type: string, listener: EventListenerOrEventListenerObject) =>
      target.addEventListener(type, listener),
    removeEventListener: (type: string, listener: EventListenerOrEventListenerObject) =>
      target.removeEventListener(type, listener),
  };
}
