import { join } from "node:path";
import { app, type BrowserWindow, dialog, session } from "electron";
import { type Host, loadRendererFiles, logBug, openHost } from "../../api/index.ts";
import { dataFolderOf, packageFolder } from "../../store/index.ts";
import { registerAppScheme, serveApp } from "./app-scheme.ts";
import { openMainWindow } from "./main-window.ts";
import { setMenu } from "./menu.ts";
import { openSecretBox } from "./secret-box.ts";
import { openPlaceFile, openSettingsFile } from "./settings-file.ts";
import { applyTheme } from "./theme.ts";
import { guardSession } from "./window-guards.ts";

/** How long quitting waits for runs and connections to end before it goes without them. */
const quitLimitMs = 15_000;

let host: Host | null = null;
let window: BrowserWindow | null = null;

async function start(): Promise<void> {
  const out = join(packageFolder(), "out");
  const dataFolder = dataFolderOf();
  const files = await loadRendererFiles(join(out, "renderer"));
  guardSession(session.defaultSession);
  serveApp(session.defaultSession, files);
  const settings = await openSettingsFile(dataFolder, ({ theme }) => applyTheme(theme));
  const opened = await openHost({ dataFolder, settings, secretBox: openSecretBox() });
  host = opened;
  applyTheme((await opened.settings.get()).theme);
  setMenu(dataFolder);
  const place = await openPlaceFile(dataFolder);
  const open = async () => {
    window = await openMainWindow({ router: opened.router, place, preload: join(out, "preload", "index.cjs") });
    window.on("closed", () => {
      window = null;
    });
  };
  app.on("activate", () => {
    if (window === null) open().catch(fail);
  });
  await open();
}

/** Without a window nothing can be shown in one: say it in a dialog and on stderr, and end. */
function fail(error: unknown): void {
  const id = logBug(error, "the start");
  const message = error instanceof Error ? error.message : String(error);
  dialog.showErrorBox("Bayplan could not start", `${message}\n\nThe log has the details under ${id}.`);
  app.exit(4);
}

async function closeHost(): Promise<void> {
  const closing = host;
  host = null;
  const limit = new Promise<void>((resolve) => setTimeout(resolve, quitLimitMs).unref());
  await Promise.race([closing?.close(), limit]);
}

if (app.requestSingleInstanceLock()) {
  registerAppScheme();
  app.on("second-instance", () => {
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
  });
  app.on("window-all-closed", () => {
    if (process.platform !== "darwin") app.quit();
  });
  app.on("will-quit", (event) => {
    if (host === null) return;
    // Streams, connections and a running measurement end first; then this comes again and finds nothing to close.
    event.preventDefault();
    closeHost()
      .catch((error: unknown) => logBug(error, "quitting"))
      .finally(() => app.quit());
  });
  // Not awaited at the top of the module: Electron only becomes ready after the entry module has been evaluated.
  app.whenReady().then(start).catch(fail);
} else {
  app.quit();
}
