import { spawn } from "node:child_process";

/** Runs a command with this terminal as its own and gives its exit code. */
export function runStep(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], env });
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

/** Builds main, preload and renderer into out/. Throws when that fails. */
export async function build(): Promise<void> {
  if ((await runStep("npx", ["electron-vite", "build", "--logLevel", "warn"])) !== 0)
    throw new Error("The build failed.");
}
