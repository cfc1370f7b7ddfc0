/**
 * What `import … from "electron"` gives when the built main bundle runs in plain Node: as much of Electron as Bayplan
 * uses, over a real Chromium. It throws on everything else. What it cannot show is listed in docs/architecture.md.
 */
import { app as standInApp } from "./app.ts";
import { protocol as standInProtocol } from "./app-server.ts";
import { BrowserWindow as StandInBrowserWindow } from "./browser-window.ts";
import { ipcMain as standInIpcMain } from "./ipc-main.ts";
import { only } from "./lacking.ts";
import { MessageChannelMain as StandInMessageChannel } from "./message-ports.ts";
import { obeySuite } from "./obey-suite.ts";
import { safeStorage as standInSafeStorage } from "./safe-storage.ts";
import * as system from "./system.ts";

export const app = only("app", standInApp);
export const BrowserWindow = StandInBrowserWindow;
export const dialog = only("dialog", system.dialog);
export const ipcMain = only("ipcMain", standInIpcMain);
export const Menu = only("Menu", system.Menu);
export const MessageChannelMain = StandInMessageChannel;
export const nativeTheme = only("nativeTheme", system.nativeTheme);
export const protocol = only("protocol", standInProtocol);
export const safeStorage = only("safeStorage", standInSafeStorage);
export const screen = only("screen", system.screen);
export const session = { defaultSession: only("session", system.session.defaultSession) };
export const shell = only("shell", system.shell);

// biome-ignore lint/style/noDefaultExport: electron-store asks for Electron's default export.
export default only("electron", {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
});

obeySuite();
