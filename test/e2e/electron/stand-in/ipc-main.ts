import { EventEmitter } from "node:events";

/** `ipcMain` of Electron: an emitter, nothing more. */
export const ipcMain = new EventEmitter();
