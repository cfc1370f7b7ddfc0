/** The docker command line against a given engine socket. */
import { type RunOptions, type RunResult, run, tryRun } from "./run.ts";

export function dockerArgv(socket: string, argv: readonly string[]): string[] {
  return ["docker", "-H", `unix://${socket}`, ...argv];
}

export function docker(socket: string, argv: readonly string[], options: RunOptions = {}): Promise<string> {
  return run(dockerArgv(socket, argv), options);
}

export function tryDocker(socket: string, argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return tryRun(dockerArgv(socket, argv), options);
}

export async function engineAnswers(socket: string): Promise<boolean> {
  const result = await tryDocker(socket, ["version", "--format", "{{.Server.Version}}"], { timeoutMs: 5_000 });
  return result.code === 0 && result.stdout.trim() !== "";
}

export async function imageIsPresent(socket: string, reference: string): Promise<boolean> {
  return (await tryDocker(socket, ["image", "inspect", "--format", "{{.Id}}", reference])).code === 0;
}
