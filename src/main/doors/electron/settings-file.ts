import { join } from "node:path";
import Store from "electron-store";
import { keepAsideUnlessJson, type SettingsBackend, settingsFileName } from "../../store/index.ts";

/**
 * The same settings file as the other doors have, through electron-store. `changed` hears of what this window's
 * person chose, so that menus and title bar follow.
 */
export async function openSettingsFile(
  dataFolder: string,
  changed: (settings: Parameters<SettingsBackend["set"]>[0]) => void,
): Promise<SettingsBackend> {
  await keepAsideUnlessJson(join(dataFolder, `${settingsFileName}.json`));
  const store = new Store({ cwd: dataFolder, name: settingsFileName, configFileMode: 0o600 });
  return {
    path: store.path,
    get: async () => store.store,
    set: async (settings) => {
      store.store = settings;
      changed(settings);
    },
  };
}

/** A place of its own for the window's bounds: they belong to this machine's screens and not to the settings. */
export interface PlaceFile {
  read(): unknown;
  write(place: Record<string, unknown>): void;
}

/** Opens `window.json` in the data folder. */
export async function openPlaceFile(dataFolder: string): Promise<PlaceFile> {
  const name = "window";
  await keepAsideUnlessJson(join(dataFolder, `${name}.json`));
  const store = new Store({ cwd: dataFolder, name });
  return {
    read: () => store.store,
    write: (place) => {
      store.store = place;
    },
  };
}
