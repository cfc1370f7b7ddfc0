import { join } from "node:path";
import Conf from "conf";
import { type Settings, settingsSchema } from "../../shared/domain/index.ts";
import { keepAsideUnlessJson } from "./document.ts";
import { withLock } from "./lock.ts";

/** What keeps the settings: `conf` in plain Node, `electron-store` in the desktop door; both the same file and format. */
export interface SettingsBackend {
  /** The file, for the lock beside it. */
  readonly path: string;
  get(): unknown;
  set(settings: Settings): void;
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

/** The settings file `settings.json` in the data folder, by `conf`. A file that is no JSON is kept aside and begun anew. */
export async function confBackend(dataFolder: string): Promise<SettingsBackend> {
  await keepAsideUnlessJson(join(dataFolder, `${settingsFileName}.json`));
  const conf = new Conf({ cwd: dataFolder, configName: settingsFileName, configFileMode: 0o600 });
  return {
    path: conf.path,
    get: () => conf.store,
    set: (settings) => {
      conf.store = settings;
    },
  };
}

/** Settings with their defaults over a backend. Fields that cannot be understood fall back to their defaults. */
export function openSettings(backend: SettingsBackend): SettingsStore {
  const read = () => {
    const parsed = settingsSchema.safeParse(backend.get());
    return parsed.success ? parsed.data : settingsSchema.parse({});
  };
  return {
    get: async () => read(),
    set: (change) =>
      withLock(
        `${backend.path}.lock`,
        async () => {
          const next = settingsSchema.parse({ ...read(), ...withoutUndefined(change) });
          backend.set(next);
          return next;
        },
        { what: "The settings file" },
      ),
  };
}

function withoutUndefined(change: SettingsChange): SettingsChange {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
