import { EventEmitter } from "node:events";
import { mkdirSync } from "node:fs";
import type Electron from "electron";
import { closeAppServer } from "./app-server.ts";
import { closeBrowserConnection } from "./browser-window.ts";

class StandInApp extends EventEmitter {
  #ready = false;
  #quitting = false;

  /** Called after the entry module was evaluated: as in Electron, one that awaits `ready` at its top waits for ever. */
  becomeReady(): void {
    this.#ready = true;
    this.emit("ready");
  }

  whenReady(): Promise<void> {
    return this.#ready ? Promise.resolve() : new Promise((resolve) => this.once("ready", () => resolve()));
  }

  requestSingleInstanceLock(): boolean {
    return true;
  }

  getVersion(): string {
    return "0.0.0-stand-in";
  }

  getPath(): string {
    const folder = process.env.BAYPLAN_STAND_IN_USER_DATA;
    if (folder === undefined) throw new Error("BAYPLAN_STAND_IN_USER_DATA is not set.");
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  setAboutPanelOptions(): void {
    // There is no panel to set.
  }

  quit(): void {
    if (this.#quitting) return;
    let prevented = false;
    const event = { preventDefault: () => (prevented = true) };
    this.emit("before-quit", event);
    this.emit("will-quit", event);
    if (prevented) return;
    this.#quitting = true;
    this.emit("quit", {}, 0);
    this.exit(0);
  }

  exit(code = 0): void {
    closeAppServer();
    closeBrowserConnection()
      .catch((error: unknown) => process.stderr.write(`stand-in: ${String(error)}\n`))
      .finally(() => process.exit(code));
  }
}

export const app: StandInApp = new StandInApp() satisfies Pick<
  Electron.App,
  "whenReady" | "requestSingleInstanceLock" | "getVersion" | "getPath" | "setAboutPanelOptions" | "quit" | "exit"
>;
