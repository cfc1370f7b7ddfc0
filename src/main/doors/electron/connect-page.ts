import { type BrowserWindow, type IpcMainEvent, ipcMain, MessageChannelMain } from "electron";
import { type Served, type ServedRouter, servePort } from "../../api/index.ts";
import { appOrigin } from "./app-scheme.ts";

/** What the preload script sends to ask for a port. */
const requestChannel = "bayplan:connect";
/** What carries the port back. */
const answerChannel = "bayplan:port";

/**
 * Gives the page of the window a port to the router whenever it asks for one. One port at a time: a page that asks
 * again has lost the one before. A port ends with its page: at a navigation, a crash, or when the window closes.
 */
export function connectPage(window: BrowserWindow, router: ServedRouter): void {
  let served: Served | null = null;
  const end = () => {
    served?.close();
    served = null;
  };
  const give = (event: IpcMainEvent) => {
    if (!isOurPage(event, window)) return;
    end();
    const { port1, port2 } = new MessageChannelMain();
    served = servePort(router, port1);
    event.senderFrame?.postMessage(answerChannel, null, [port2]);
  };
  ipcMain.on(requestChannel, give);
  window.webContents.on("did-start-navigation", (details) => {
    if (details.isMainFrame && !details.isSameDocument) end();
  });
  window.webContents.on("render-process-gone", end);
  window.on("closed", () => {
    ipcMain.off(requestChannel, give);
    end();
  });
}

/** True for the main frame of our own window while it shows our own page: a frame or another site in it gets nothing. */
function isOurPage(event: IpcMainEvent, window: BrowserWindow): boolean {
  const frame = event.senderFrame;
  return (
    !window.isDestroyed() &&
    event.sender === window.webContents &&
    frame !== null &&
    frame.parent === null &&
    frame.origin === appOrigin
  );
}
