import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Where Bayplan keeps what it remembers: BAYPLAN_HOME, else the platform's usual place for application data
 * (XDG_CONFIG_HOME or ~/.config on Linux, ~/Library/Application Support, %APPDATA%).
 */
export function dataFolderOf(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env.BAYPLAN_HOME !== undefined && env.BAYPLAN_HOME !== "") return env.BAYPLAN_HOME;
  const home = homedir();
  if (platform === "win32") return join(env.APPDATA ?? join(home, "AppData", "Roaming"), "Bayplan");
  if (platform === "darwin") return join(home, "Library", "Application Support", "Bayplan");
  const configHome = env.XDG_CONFIG_HOME;
  return join(configHome === undefined || configHome === "" ? join(home, ".config") : configHome, "bayplan");
}

/** The package's own folder: the nearest one above this file with both package.json and resources, from src and from out alike. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!(existsSync(join(folder, "package.json")) && existsSync(join(folder, "resources")))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error("Bayplan's own folder was not found: package.json and resources are missing.");
    folder = parent;
  }
  return folder;
}

/** The folder of files that ship with Bayplan: catalogue, sample stacks, icons. */
export function resourcesFolder(): string {
  return join(packageFolder(), "resources");
}
