/** The name of the world in which the preload script runs, apart from the page's own. */
export const worldName = "preload";
/** The function by which that world reaches the main process. */
export const bindingName = "standInSend";

/**
 * Wraps the built preload script in what a sandboxed preload has: a `require` that knows `electron` and nothing of
 * Node, and of `electron` only `ipcRenderer`. The source runs before any script of the page, in the main frame only.
 */
export function preloadSource(script: string): string {
  // The compiler that runs this file names its functions by a helper, which the browser does not have.
  return `{ const __name = (named) => named; (${boot.toString()})(${JSON.stringify(bindingName)}, (require, module, exports) => {\n${script}\n}); }`;
}

/** Runs in the browser: it must not use anything from outside itself. */
function boot(
  binding: string,
  preload: (require: (name: string) => unknown, module: { exports: object }, exports: object) => void,
): void {
  if (window.top !== window) return;
  const raw: unknown = Reflect.get(globalThis, binding);
  if (typeof raw !== "function") throw new Error("The binding is missing.");
  const send = (message: object) => raw(JSON.stringify(message));
  const listeners = new Map<string, ((event: object, ...args: unknown[]) => void)[]>();
  const ports = new Map<string, MessagePort>();

  const lacks = (name: string, piece: object) =>
    new Proxy(piece, {
      get(target, key) {
        if (typeof key === "string" && !(key in target)) throw new Error(`A sandboxed preload has no ${name}.${key}.`);
        return Reflect.get(target, key);
      },
    });
  const ipcRenderer = lacks("ipcRenderer", {
    send: (channel: string, ...args: unknown[]) => send({ kind: "ipc", channel, args }),
    on: (channel: string, listener: (event: object, ...args: unknown[]) => void) => {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
    },
  });

  Reflect.set(globalThis, "standInReceive", {
    ipc(channel: string, args: unknown[], portIds: string[]) {
      const given = portIds.map((id) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = (event) => send({ kind: "port", id, data: event.data });
        ports.set(id, port1);
        return port2;
      });
      for (const listener of listeners.get(channel) ?? []) listener({ ports: given }, ...args);
    },
    port: (id: string, data: unknown) => ports.get(id)?.postMessage(data),
    closePort: (id: string) => ports.get(id)?.close(),
  });

  const require = (name: string) => {
    if (name === "electron" || name === "electron/renderer") return lacks("electron", { ipcRenderer });
    throw new Error(`module not found: ${name}`);
  };
  const module = { exports: {} };
  try {
    preload(require, module, module.exports);
  } catch (error) {
    send({ kind: "preload-error", message: String(error) });
  }
}
