import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Whether a window can be opened on this machine, found out without starting anything. */
export type ElectronDetection =
  /** `args` are needed on the command line for this user. */
  | { usable: true; path: string; args: readonly string[] }
  /** `missingBinary`: a download would help; it helps against nothing else. */
  | { usable: false; missingBinary: boolean; reason: string };

/** What the answer depends on besides the environment. */
export interface Machine {
  platform: NodeJS.Platform;
  /** Null where there are no user ids. */
  uid: number | null;
  /** The folder of the installed `electron` package; null when it is not installed. */
  packageFolder: string | null;
}

/**
 * Looks for Electron's binary, then for a display. The package alone is not enough: its binary is downloaded apart
 * from it, and running `electron` without one would try that download, silently and without a limit.
 */
export function detectElectron(
  env: NodeJS.ProcessEnv = process.env,
  machine: Machine = thisMachine(),
): ElectronDetection {
  const { platform, uid, packageFolder } = machine;
  if (packageFolder === null) {
    return { usable: false, missingBinary: false, reason: "The package electron is not installed." };
  }
  const path = binaryPath(env, packageFolder);
  if (path === null || !existsSync(path)) {
    return {
      usable: false,
      missingBinary: true,
      reason: "Electron's binary was not downloaded (npx install-electron does that).",
    };
  }
  if (platform === "linux" && isUnset(env.DISPLAY) && isUnset(env.WAYLAND_DISPLAY)) {
    return {
      usable: false,
      missingBinary: false,
      reason: "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set.",
    };
  }
  // Chromium's sandbox refuses to start as root.
  return { usable: true, path, args: platform === "linux" && uid === 0 ? ["--no-sandbox"] : [] };
}

/** The binary as the electron package itself finds it: `path.txt` names it inside `dist`, or inside the folder that overrides it. */
function binaryPath(env: NodeJS.ProcessEnv, packageFolder: string): string | null {
  const pathFile = join(packageFolder, "path.txt");
  const name = existsSync(pathFile) ? readFileSync(pathFile, "utf8").trim() : "";
  const override = env.ELECTRON_OVERRIDE_DIST_PATH;
  if (!isUnset(override)) return join(override, name === "" ? "electron" : name);
  return name === "" ? null : join(packageFolder, "dist", name);
}

function isUnset(value: string | undefined): value is undefined | "" {
  return value === undefined || value === "";
}

function thisMachine(): Machine {
  return { platform: process.platform, uid: process.getuid?.() ?? null, packageFolder: installedFolder() };
}

function installedFolder(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve("electron/package.json"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND") return null;
    throw error;
  }
}
