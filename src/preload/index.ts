import { contextBridge, ipcRenderer, webUtils } from "electron";

/** The page asks with this message on its own window; main is asked on a channel of the same name. */
const request = "bayplan:connect";
/** The port comes back from main on this channel and goes to the page in a message of this name. */
const answer = "bayplan:port";

// A port cannot cross the context bridge: it is handed over in a message that only this window can receive.
window.addEventListener("message", (event) => {
  if (event.source === window && event.data === request) ipcRenderer.send(request);
});

ipcRenderer.on(answer, (event) => {
  window.postMessage(answer, window.location.origin, [...event.ports]);
});

// Where a dropped file lies: the page has the file from the person who dropped it, and only Electron knows its path.
contextBridge.exposeInMainWorld("bayplanDesktop", {
  pathOfFile: (file: unknown) => (file instanceof File ? webUtils.getPathForFile(file) : ""),
});
