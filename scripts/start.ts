/** `npm start`: Electron where it can run, else the same window in the browser, with a sentence that says why. */
import { existsSync } from "node:fs";
import { detectElectron } from "./detect-electron.ts";
import { build, runStep } from "./run-step.ts";

if (!existsSync("out/main/index.js") || !existsSync("out/renderer/index.html")) await build();

let electron = detectElectron(process.env);
if (!electron.usable && electron.missingBinary) {
  process.stdout.write("Electron's own program is not here yet. Fetching it, for at most 60 s.\n");
  await runStep("timeout", ["60", "npx", "install-electron"]);
  electron = detectElectron(process.env);
}

if (electron.usable) {
  process.exitCode = await runStep(electron.path, [...electron.args, "."]);
} else {
  process.stdout.write(`${electron.reason} The same window opens in a browser:\n`);
  process.exitCode = await runStep(process.execPath, ["out/main/cli.js", "serve"]);
}
