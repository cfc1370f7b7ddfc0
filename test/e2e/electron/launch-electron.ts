import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { _electron } from "playwright";
import type { AppFolder } from "./app-folder.ts";
import type { RunningApp } from "./running-app.ts";

/** The app in a real Electron. */
export async function launchElectron(
  app: AppFolder,
  electron: { path: string; args: readonly string[] },
): Promise<RunningApp> {
  const home = await mkdtemp(join(tmpdir(), "bayplan-home-"));
  const running = await _electron.launch({
    executablePath: electron.path,
    args: [...electron.args, app.folder],
    env: { ...definedOnly(process.env), BAYPLAN_HOME: join(home, "data") },
  });
  let log = "";
  const main = running.process();
  main.stderr?.on("data", (chunk) => {
    log += String(chunk);
  });
  const exited = new Promise<number | null>((resolve) => main.once("exit", (code) => resolve(code)));
  const page = await running.firstWindow();
  return {
    page,
    log: () => log,
    async close() {
      await running.close();
      return exited;
    },
    async destroy() {
      if (main.exitCode === null) main.kill("SIGKILL");
      await exited;
      await rm(home, { recursive: true, force: true });
    },
  };
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
