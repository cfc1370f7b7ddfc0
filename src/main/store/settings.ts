import { join } from "node:path";
import { type Settings, settingsSchema } from "../../shared/domain/index.ts";
import { keepAsideUnlessJson } from "./document.ts";
import { withLock } from "./lock.ts";

/** What keeps the settings: `conf` in plain Node, `electron-store` in the desktop door; both the same file and format. */
export interface SettingsBackend {
  /** The file, for the lock beside it. */
  readonly path: string;
  get(): Promise<unknown>;
  set(settings: Settings): Promise<void>;
}

/** Some of the settings; a field that is undefined stays as it is. */
export type SettingsChange = { [Key in keyof Settings]?: Settings[Key] | undefined };

export interface SettingsStore {
  get(): Promise<Settings>;
  /** Changes some fields under the lock, so that a window and a command line do not undo each other. */
  set(change: SettingsChange): Promise<Settings>;
}

/** The base name of the settings file, for `conf` and `electron-store` alike. */
export const settingsFileName = "settings";

/**
 * The settings file `settings.json` in the data folder, by `conf`, which is loaded when the settings are first asked for:
 * that takes a fifth of a second. A file that is no JSON is kept aside and begun anew.
 */
export function confBackend(dataFolder: string): SettingsBackend {
  const path = join(dataFolder, `${settingsFileName}.json`);
  const open = async () => {
    await keepAsideUnlessJson(path);
    const { default: Conf } = await import("conf");
    return new Conf({ cwd: dataFolder, configName: settingsFileName, configFileMode: 0o600 });
  };
  let opened: ReturnType<typeof open> | null = null;
  const conf = () => {
    opened ??= open();
    return opened;
  };
  return {
    path,
    get: async () => (await conf()).store,
    set: async (settings) => {
      (await conf()).store = { ...settings };
    },
  };
}

/** Settings with their defaults over a backend. Fields that cannot be understood fall back to their defaults. */
export function openSettings(backend: SettingsBackend): SettingsStore {
  const read = async () => {
    const parsed = settingsSchema.safeParse(await backend.get());
    return parsed.success ? parsed.data : settingsSchema.parse({});
  };
  return {
    get: read,
    set: (change) =>
      withLock(
        `${backend.path}.lock`,
        async () => {
          const next = settingsSchema.parse({ ...(await read()), ...withoutUndefined(change) });
          await backend.set(next);
          return next;
        },
        { what: "The settings file" },
      ),
  };
}

function withoutUndefined(change: SettingsChange): SettingsChange {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
