import { BrowserWindow, screen, session } from "electron";
import type { ServedRouter } from "../../api/index.ts";
import { appOrigin } from "./app-scheme.ts";
import { connectPage } from "./connect-page.ts";
import type { PlaceFile } from "./settings-file.ts";
import { backgroundColour } from "./theme.ts";
import { placeFor, smallestWindow } from "./window-bounds.ts";
import { guardContents } from "./window-guards.ts";

export interface MainWindowParts {
  router: ServedRouter;
  place: PlaceFile;
  /** The built preload script, by its absolute path. */
  preload: string;
}

/** Opens the window. It shows itself when its page is drawn, and remembers its place when it is closed. */
export async function openMainWindow({ router, place, preload }: MainWindowParts): Promise<BrowserWindow> {
  const { bounds, maximized } = placeFor(
    place.read(),
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    ...bounds,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    title: "Bayplan",
    backgroundColor: backgroundColour(),
    show: false,
    webPreferences: {
      preload,
      session: session.defaultSession,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  guardContents(window.webContents);
  connectPage(window, router);
  window.once("ready-to-show", () => {
    if (maximized) window.maximize();
    window.show();
  });
  window.on("close", () => place.write({ ...window.getNormalBounds(), maximized: window.isMaximized() }));
  await window.loadURL(`${appOrigin}/`);
  return window;
}
