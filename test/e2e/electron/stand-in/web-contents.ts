import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import type Electron from "electron";
import * as z from "zod";
import { toBrowser, toElectron } from "./app-server.ts";
import type { CdpClient, CdpSession } from "./cdp-client.ts";
import { ipcMain } from "./ipc-main.ts";
import { bindingName, pageSource, preloadSource, worldName } from "./isolated-world.ts";
import type { FarEnd, StandInPort } from "./message-ports.ts";

const fromPreload = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ipc"), channel: z.string(), args: z.array(z.unknown()) }),
  z.object({ kind: z.literal("port"), id: z.string(), data: z.unknown() }),
  z.object({ kind: z.literal("preload-error"), message: z.string() }),
]);
const contextSchema = z.object({
  context: z.object({ id: z.int(), name: z.string(), origin: z.string(), auxData: z.object({ frameId: z.string() }) }),
});
const pausedSchema = z.object({
  requestId: z.string(),
  frameId: z.string(),
  resourceType: z.string(),
  request: z.object({ url: z.string() }),
});
const createdSchema = z.object({
  targetInfo: z.object({ targetId: z.string(), type: z.string(), url: z.string(), openerId: z.string().optional() }),
});

type OpenHandler = (details: { url: string }) => { action: "deny" | "allow" };

function preventable(details: object): { defaultPrevented: boolean; preventDefault(): void } & object {
  return {
    ...details,
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true;
    },
  };
}

const relayed = [
  "will-frame-navigate",
  "will-navigate",
  "did-start-navigation",
  "render-process-gone",
  "did-finish-load",
];

let portCount = 0;

/** Where the files lie that the suite drops, by their names. */
function pathsOfFiles(): Record<string, string> {
  return z.record(z.string(), z.string()).parse(JSON.parse(process.env.BAYPLAN_STAND_IN_PATHS ?? "{}"));
}

/** `webContents` of Electron over a page of a real Chromium, with the preload script in a world of its own. */
export class StandInContents extends EventEmitter {
  readonly #session: CdpSession;
  readonly #client: CdpClient;
  readonly #targetId: string;
  readonly #ports = new Map<string, FarEnd>();
  #outer: EventEmitter = this;
  #openHandler: OpenHandler = () => ({ action: "allow" });
  #world: { id: number; origin: string } | null = null;
  /** The address that `loadURL` asked for: the one navigation that the page did not begin. */
  #ownLoad: string | null = null;
  readonly deniedWindows: string[] = [];
  readonly deniedNavigations: string[] = [];

  private constructor(client: CdpClient, session: CdpSession, targetId: string) {
    super();
    this.#client = client;
    this.#session = session;
    this.#targetId = targetId;
  }

  static async open(client: CdpClient, preload: string): Promise<StandInContents> {
    const { targetId } = await client.call("Target.createTarget", { url: "about:blank" });
    const session = await client.attach(String(targetId));
    const contents = new StandInContents(client, session, String(targetId));
    contents.#listen();
    await session.call("Page.enable");
    await session.call("Runtime.enable");
    await session.call("Network.enable");
    // The page asks by this whether it is in a desktop window.
    const { userAgent } = await client.call("Browser.getVersion");
    await session.call("Emulation.setUserAgentOverride", { userAgent: `${String(userAgent)} Electron/0.0.0-stand-in` });
    await session.call("Runtime.addBinding", { name: bindingName, executionContextName: worldName });
    await session.call("Page.addScriptToEvaluateOnNewDocument", { source: pageSource() });
    const source = preloadSource(readFileSync(preload, "utf8"), pathsOfFiles());
    await session.call("Page.addScriptToEvaluateOnNewDocument", { source, worldName });
    await session.call("Fetch.enable", { patterns: [{ resourceType: "Document" }] });
    await client.call("Target.setDiscoverTargets", { discover: true });
    return contents;
  }

  /** Everything that happens here happens on `outer` too, and calls of the preload seem to come from it. */
  relay(outer: EventEmitter): void {
    this.#outer = outer;
    for (const name of relayed) this.on(name, (...args: unknown[]) => outer.emit(name, ...args));
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  async loadURL(url: string): Promise<void> {
    const address = await toBrowser(url);
    this.#ownLoad = address;
    const loaded = new Promise<void>((resolve) => this.#session.once("Page.loadEventFired", () => resolve()));
    const { errorText } = await this.#session.call("Page.navigate", { url: address });
    if (errorText !== undefined && errorText !== "") throw new Error(`${String(errorText)} loading '${url}'`);
    await loaded;
  }

  async destroy(): Promise<void> {
    this.#endPorts();
    await this.#client.call("Target.closeTarget", { targetId: this.#targetId });
  }

  #listen(): void {
    const session = this.#session;
    session.on("Runtime.executionContextCreated", (values) => {
      const context = contextSchema.safeParse(values);
      if (!context.success || context.data.context.name !== worldName) return;
      // The world of a frame inside the page is not the page's: the main frame has the target's own id.
      if (context.data.context.auxData.frameId === this.#targetId) this.#world = context.data.context;
    });
    session.on("Runtime.executionContextsCleared", () => {
      this.#world = null;
      this.#endPorts();
    });
    session.on("Runtime.bindingCalled", (values) =>
      this.#receive(z.object({ payload: z.string() }).parse(values).payload),
    );
    session.on("Fetch.requestPaused", (values) => this.#settle(this.#decide(pausedSchema.parse(values))));
    this.#client.on("Target.targetCreated", (values) => this.#settle(this.#decideWindow(createdSchema.parse(values))));
    session.on("Inspector.targetCrashed", () => this.emit("render-process-gone", {}, { reason: "crashed" }));
    session.once("Page.loadEventFired", () => this.emit("stand-in:first-load"));
    session.on("Page.loadEventFired", () => this.emit("did-finish-load"));
  }

  /** A page that is closed in the middle of an answer is no failure; anything else is one of the stand-in. */
  #settle(work: Promise<unknown>): void {
    work.catch((error: unknown) => process.stderr.write(`stand-in: ${String(error)}\n`));
  }

  async #decide(paused: z.infer<typeof pausedSchema>): Promise<void> {
    const { requestId, frameId, request } = paused;
    const isMainFrame = frameId === this.#targetId;
    const begunByPage = !(isMainFrame && request.url === this.#ownLoad);
    if (isMainFrame) this.#ownLoad = null;
    const event = preventable({ url: toElectron(request.url), isMainFrame, isSameDocument: false });
    if (begunByPage) {
      this.emit("will-frame-navigate", event);
      if (isMainFrame) this.emit("will-navigate", event);
    }
    if (event.defaultPrevented) {
      await this.#session.call("Fetch.failRequest", { requestId, errorReason: "Aborted" });
      this.deniedNavigations.push(request.url);
      return;
    }
    this.emit("did-start-navigation", event);
    await this.#session.call("Fetch.continueRequest", { requestId });
  }

  /** A browser opens the window first and is asked then; what Electron never opens is closed again at once. */
  async #decideWindow({ targetInfo }: z.infer<typeof createdSchema>): Promise<void> {
    if (targetInfo.type !== "page" || targetInfo.openerId !== this.#targetId) return;
    if (this.#openHandler({ url: targetInfo.url }).action === "allow") return;
    const popup = await this.#client.attach(targetInfo.targetId);
    // The suite's own driver holds new pages back; one that is closed while it is held can hold its opener for ever.
    await popup.call("Runtime.runIfWaitingForDebugger");
    await this.#client.call("Target.closeTarget", { targetId: targetInfo.targetId });
    this.deniedWindows.push(targetInfo.url);
  }

  #receive(payload: string): void {
    const message = fromPreload.parse(JSON.parse(payload));
    if (message.kind === "port") this.#ports.get(message.id)?.deliver(message.data);
    else if (message.kind === "preload-error") this.emit("preload-error", {}, "preload", new Error(message.message));
    else ipcMain.emit(message.channel, { sender: this.#outer, senderFrame: this.#frame() }, ...message.args);
  }

  #frame() {
    return {
      parent: null,
      origin: this.#world === null ? "null" : toElectron(this.#world.origin),
      postMessage: (channel: string, message: unknown, ports: StandInPort[] = []) =>
        this.#post(channel, message, ports),
    } satisfies Pick<Electron.WebFrameMain, "parent" | "origin"> & { postMessage: unknown };
  }

  #post(channel: string, message: unknown, ports: StandInPort[]): void {
    const ids = ports.map((port) => {
      portCount += 1;
      const id = String(portCount);
      const page: FarEnd = {
        deliver: (data) => this.#inWorld(`port(${JSON.stringify(id)}, ${JSON.stringify(data)})`),
        closed: () => this.#inWorld(`closePort(${JSON.stringify(id)})`),
      };
      return { id, page, port };
    });
    this.#inWorld(
      `ipc(${JSON.stringify(channel)}, ${JSON.stringify([message])}, ${JSON.stringify(ids.map(({ id }) => id))})`,
    );
    for (const { id, page, port } of ids) this.#ports.set(id, port.giveAway(page));
  }

  #inWorld(call: string): void {
    if (this.#world === null) return;
    this.#settle(
      this.#session
        .call("Runtime.evaluate", { expression: `standInReceive.${call}`, contextId: this.#world.id })
        .catch(() => {
          // The page went away between the check and the call: its ports are ended by that event.
        }),
    );
  }

  #endPorts(): void {
    for (const port of this.#ports.values()) port.closed();
    this.#ports.clear();
  }
}
