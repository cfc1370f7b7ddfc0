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

/** Runs a command and holds its output back until it has ended, for one that runs beside another. */
export function runHeld(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env });
    const pieces: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece: Buffer) => pieces.push(piece));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(pieces).toString() }));
  });
}

/** Builds main, preload and renderer into out/. Throws when that fails. */
export async function build(): Promise<void> {
  if ((await runStep("npx", ["electron-vite", "build", "--logLevel", "warn"])) !== 0)
    throw new Error("The build failed.");
}
