import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { detectElectron } from "./detect-electron.ts";

/** The app in a window of its own, or the reason why this machine shows none. */
export type ElectronWindow = { opened: true; close(): Promise<void> } | { opened: false; reason: string };

/**
 * Opens the built app on a data folder, beside whatever else works on it. It has a profile of its own, so that a Bayplan
 * that is open already is not taken for it. `close` ends it and waits.
 */
export function openElectronWindow(dataFolder: string): ElectronWindow {
  const electron = detectElectron(process.env);
  if (!electron.usable) return { opened: false, reason: electron.reason };
  const args = [...electron.args, `--user-data-dir=${join(dataFolder, "electron")}`, "."];
  const child = spawn(electron.path, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, BAYPLAN_HOME: dataFolder },
  });
  // One that cannot be started has ended; the browser's address is there all the same.
  child.on("error", (error) => process.stderr.write(`The window could not be opened: ${error.message}\n`));
  return {
    opened: true,
    async close() {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, "exit");
      child.kill("SIGTERM");
      await exit;
    },
  };
}
