/** The name of the world in which the preload script runs, apart from the page's own. */
export const worldName = "preload";
/** The function by which that world reaches the main process. */
export const bindingName = "standInSend";

/**
 * Wraps the built preload script in what a sandboxed preload has: a `require` that knows `electron` and nothing of
 * Node, and of `electron` only what Bayplan uses of it. The source runs before any script of the page, in the main frame only.
 */
export function preloadSource(script: string, paths: Readonly<Record<string, string>>): string {
  const given = `${JSON.stringify(bindingName)}, ${JSON.stringify(paths)}`;
  // The compiler that runs this file names its functions by a helper, which the browser does not have.
  return `{ const __name = (named) => named; (${boot.toString()})(${given}, (require, module, exports) => {\n${script}\n}); }`;
}

/** What runs in the page's own world before its scripts: it has there what the preload script exposes. */
export function pageSource(): string {
  return `{ const __name = (named) => named; (${receiveExposed.toString()})(); }`;
}

/** Runs in the browser. The worlds share the document alone: an event carries the call, an attribute its answer. */
function receiveExposed(): void {
  document.addEventListener("stand-in-expose", (event) => {
    if (!(event instanceof CustomEvent)) return;
    const { key, names }: { key: string; names: string[] } = JSON.parse(event.detail);
    const call = (name: string, args: unknown[]): unknown => {
      document.dispatchEvent(new CustomEvent("stand-in-call", { detail: { name: `${key}.${name}`, args } }));
      const answer = document.documentElement.getAttribute("data-stand-in-answer");
      document.documentElement.removeAttribute("data-stand-in-answer");
      return answer === null ? undefined : JSON.parse(answer);
    };
    const piece = Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => call(name, args)]));
    Reflect.set(globalThis, key, piece);
  });
}

/** Runs in the browser: it must not use anything from outside itself. */
function boot(
  binding: string,
  paths: Record<string, string>,
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

  const exposed = new Map<string, (...args: unknown[]) => unknown>();
  document.addEventListener("stand-in-call", (event) => {
    if (!(event instanceof CustomEvent)) return;
    const { name, args }: { name: string; args: unknown[] } = event.detail;
    const answer = exposed.get(name)?.(...args);
    document.documentElement.setAttribute("data-stand-in-answer", JSON.stringify(answer ?? null));
  });
  const contextBridge = lacks("contextBridge", {
    exposeInMainWorld: (key: string, api: Record<string, (...args: unknown[]) => unknown>) => {
      for (const [name, call] of Object.entries(api)) exposed.set(`${key}.${name}`, call);
      const detail = JSON.stringify({ key, names: Object.keys(api) });
      document.dispatchEvent(new CustomEvent("stand-in-expose", { detail }));
    },
  });
  // No page of a browser knows where a file lies: the suite says so, by its name. Electron gives "" for one that it does not know.
  const webUtils = lacks("webUtils", { getPathForFile: (file: File) => paths[file.name] ?? "" });

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
    if (name === "electron" || name === "electron/renderer")
      return lacks("electron", { contextBridge, ipcRenderer, webUtils });
    throw new Error(`module not found: ${name}`);
  };
  const module = { exports: {} };
  try {
    preload(require, module, module.exports);
  } catch (error) {
    send({ kind: "preload-error", message: String(error) });
  }
}
