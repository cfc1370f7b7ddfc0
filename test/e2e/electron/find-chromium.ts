import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: the next place is asked.
    return false;
  }
}

/** The browser of this machine: BAYPLAN_CHROMIUM, Playwright's own, or the first on the PATH. Throws when there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const named = env.BAYPLAN_CHROMIUM;
  if (named !== undefined && named !== "") return named;
  const folders = (env.PATH ?? "").split(delimiter);
  const candidates = [
    chromium.executablePath(),
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
  ];
  const found = candidates.find(isRunnable);
  if (found === undefined) throw new Error("No Chromium was found. Install one, or name it in BAYPLAN_CHROMIUM.");
  return found;
}
