import { EventEmitter } from "node:events";
import type Electron from "electron";
import { CdpClient } from "./cdp-client.ts";
import { tell } from "./control.ts";
import { only } from "./lacking.ts";
import { StandInContents } from "./web-contents.ts";

/** The browser that the test owns, by its debugging address. */
function browserAddress(): string {
  const address = process.env.BAYPLAN_STAND_IN_BROWSER;
  if (address === undefined)
    throw new Error("BAYPLAN_STAND_IN_BROWSER is not set: the stand-in runs in its suite only.");
  return address;
}

let client: Promise<CdpClient> | null = null;

export async function closeBrowserConnection(): Promise<void> {
  (await client)?.close();
}

export const openWindows = new Set<StandInWindow>();

/** What Bayplan promises of every window; a window that asks for less is a fault that the stand-in refuses to show. */
const requiredPreferences = { contextIsolation: true, sandbox: true, nodeIntegration: false, webviewTag: false };

/** Calls on the contents that come before the page exists are kept and made when it does. */
class PendingContents extends EventEmitter {
  opened: StandInContents | null = null;
  openHandler: Parameters<StandInContents["setWindowOpenHandler"]>[0] | null = null;

  setWindowOpenHandler(handler: Parameters<StandInContents["setWindowOpenHandler"]>[0]): void {
    this.openHandler = handler;
    this.opened?.setWindowOpenHandler(handler);
  }
}

/** `BrowserWindow` of Electron: a page of the test's browser. Size and place are kept and not shown. */
export class StandInWindow extends EventEmitter {
  readonly webContents: PendingContents;
  readonly options: Electron.BrowserWindowConstructorOptions;
  visible: boolean;
  #destroyed = false;
  #maximized = false;
  #contents: Promise<StandInContents> | null = null;

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super();
    for (const [name, value] of Object.entries(requiredPreferences)) {
      const asked: unknown = Reflect.get(options.webPreferences ?? {}, name);
      if (asked !== value) throw new Error(`The window asks for ${name}: ${String(asked)}.`);
    }
    this.options = options;
    this.visible = options.show !== false;
    this.webContents = only("webContents", new PendingContents());
    openWindows.add(this);
  }

  async loadURL(url: string): Promise<void> {
    this.#contents ??= this.#open();
    const contents = await this.#contents;
    await contents.loadURL(url);
    tell({ kind: "loaded", url });
  }

  /** The page behind it, for the suite. */
  async contents(): Promise<StandInContents> {
    if (this.#contents === null) throw new Error("The window has loaded nothing.");
    return this.#contents;
  }

  async #open(): Promise<StandInContents> {
    client ??= CdpClient.open(browserAddress());
    const preload = this.options.webPreferences?.preload;
    if (preload === undefined) throw new Error("The window has no preload script.");
    const contents = await StandInContents.open(await client, preload);
    this.webContents.opened = contents;
    if (this.webContents.openHandler !== null) contents.setWindowOpenHandler(this.webContents.openHandler);
    contents.relay(this.webContents);
    contents.once("stand-in:first-load", () => this.emit("ready-to-show"));
    contents.on("preload-error", (_event, _path, error: Error) =>
      process.stderr.write(`Unable to load preload script: ${error.message}\n`),
    );
    return contents;
  }

  show(): void {
    this.visible = true;
  }

  focus(): void {
    this.show();
  }

  maximize(): void {
    this.#maximized = true;
  }

  isMaximized(): boolean {
    return this.#maximized;
  }

  isMinimized(): boolean {
    return false;
  }

  restore(): void {
    this.show();
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  getNormalBounds(): Electron.Rectangle {
    return { x: 0, y: 0, width: this.options.width ?? 800, height: this.options.height ?? 600 };
  }

  /** Closes as a person would: `close`, then the page goes, then `closed`. */
  async closeByPerson(): Promise<void> {
    this.emit("close", {});
    const contents = await this.#contents;
    await contents?.destroy();
    this.#destroyed = true;
    openWindows.delete(this);
    this.emit("closed");
  }
}

/** Checked by the compiler: what the door uses of a window has Electron's own shape. */
type UsedOfWindow = Pick<
  Electron.BrowserWindow,
  | "show"
  | "focus"
  | "maximize"
  | "isMaximized"
  | "isMinimized"
  | "restore"
  | "isDestroyed"
  | "getNormalBounds"
  | "loadURL"
>;
const checked = StandInWindow satisfies new (options?: Electron.BrowserWindowConstructorOptions) => UsedOfWindow;

/** The class that the app gets: its windows throw on what the stand-in lacks. */
export const BrowserWindow = new Proxy(checked, {
  construct: (Window, [options]: [Electron.BrowserWindowConstructorOptions]) =>
    only("BrowserWindow", new Window(options)),
});
