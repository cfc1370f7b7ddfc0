import { EventEmitter } from "node:events";
import type Electron from "electron";
import { protocol } from "./app-server.ts";

/** What was set, for the suite to read. */
export const state: {
  menu: string[];
  request: Parameters<Electron.Session["setPermissionRequestHandler"]>[0];
  check: Parameters<Electron.Session["setPermissionCheckHandler"]>[0];
} = { menu: [], request: null, check: null };

export const session = {
  defaultSession: {
    protocol,
    setPermissionRequestHandler: (handler: typeof state.request) => {
      state.request = handler;
    },
    setPermissionCheckHandler: (handler: typeof state.check) => {
      state.check = handler;
    },
    setDevicePermissionHandler: () => undefined,
  },
};

interface StandInMenu {
  labels: string[];
}

export const Menu = {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]): StandInMenu => ({
    labels: template.map(({ label, role }) => label ?? role ?? ""),
  }),
  setApplicationMenu: (menu: StandInMenu) => {
    state.menu = menu.labels;
  },
};

export const nativeTheme = Object.assign(new EventEmitter(), {
  themeSource: "system",
  shouldUseDarkColors: false,
});

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};

export const dialog = {
  /** A dialog would wait for a person who is not there: it goes to stderr, where the suite reads it. */
  showErrorBox: (title: string, content: string) => {
    process.stderr.write(`dialog: ${title}: ${content}\n`);
  },
} satisfies Pick<Electron.Dialog, "showErrorBox">;

export const shell = {};
