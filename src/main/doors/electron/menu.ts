import { app, dialog, Menu, type MenuItemConstructorOptions, shell } from "electron";

/** Sets the usual menu of the platform, with what people look for under Help. */
export function setMenu(dataFolder: string): void {
  const help: MenuItemConstructorOptions = {
    role: "help",
    submenu: [
      { label: "Show Bayplan's Files", click: () => void showFolder(dataFolder) },
      ...(process.platform === "darwin" ? [] : [{ role: "about" } satisfies MenuItemConstructorOptions]),
    ],
  };
  const view: MenuItemConstructorOptions = {
    label: "View",
    submenu: [
      { role: "reload" },
      { role: "toggleDevTools" },
      { type: "separator" },
      { role: "resetZoom" },
      { role: "zoomIn" },
      { role: "zoomOut" },
      { type: "separator" },
      { role: "togglefullscreen" },
    ],
  };
  const first: MenuItemConstructorOptions = process.platform === "darwin" ? { role: "appMenu" } : { role: "fileMenu" };
  app.setAboutPanelOptions({ applicationName: "Bayplan", applicationVersion: app.getVersion() });
  Menu.setApplicationMenu(Menu.buildFromTemplate([first, { role: "editMenu" }, view, { role: "windowMenu" }, help]));
}

async function showFolder(folder: string): Promise<void> {
  const trouble = await shell.openPath(folder);
  if (trouble !== "") dialog.showErrorBox("The folder could not be shown", `${folder}: ${trouble}`);
}
