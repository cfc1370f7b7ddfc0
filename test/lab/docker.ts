/** The docker command line against a given engine socket. */
import { get } from "node:http";
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

/**
 * Asks for nothing but a sign of life: for its version Podman starts dpkg-query for every program that it uses, and
 * whoever asks that again and again keeps a machine so busy that no answer ever comes in time.
 */
export function engineAnswers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = get({ socketPath, path: "/_ping", timeout: 5_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    ping.on("timeout", () => ping.destroy());
    ping.on("error", () => resolve(false));
  });
}

export async function imageIsPresent(socket: string, reference: string): Promise<boolean> {
  return (await tryDocker(socket, ["image", "inspect", "--format", "{{.Id}}", reference])).code === 0;
}
