import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../shared/domain/index.ts";
import { openEngine } from "./docker-api/open-engine.ts";
import type { Engine } from "./engine.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The sockets to try, best first: what DOCKER_HOST names, alone; otherwise Docker's, then Podman's own and the system's. */
export function localSockets(env: Environment): string[] {
  const named = env.DOCKER_HOST;
  if (named !== undefined && named !== "") {
    if (named.startsWith("unix:///")) return [named.slice("unix://".length)];
    throw new AppError("unsupported", `DOCKER_HOST is ${named}, and Bayplan runs stacks on a Unix socket only.`, {
      hint: "Unset DOCKER_HOST, or set it to unix:///path/to/the.sock.",
    });
  }
  const runtimeFolder = env.XDG_RUNTIME_DIR;
  return [
    "/var/run/docker.sock",
    ...(runtimeFolder === undefined || runtimeFolder === "" ? [] : [join(runtimeFolder, "podman", "podman.sock")]),
    "/run/podman/podman.sock",
  ];
}

/**
 * Opens this machine's engine: the first of the sockets that answers. Throws `no-engine` when none does,
 * `engine-denied` when one is there and this user may not open it, `unsupported` for a DOCKER_HOST that is no socket.
 */
export async function openLocalEngine(env: Environment = process.env): Promise<Engine> {
  const sockets = localSockets(env);
  let denied: AppError | null = null;
  for (const socketPath of sockets) {
    if (await isMissing(socketPath)) continue;
    try {
      return await openEngine({ socketPath });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === "engine-denied") denied ??= error;
      else if (error.code !== "no-engine") throw error;
    }
  }
  if (denied !== null) throw denied;
  throw new AppError("no-engine", "No container engine answers on this machine.", {
    hint: `Install one (on Debian: sudo apt install docker.io) or start it (sudo systemctl start docker). Tried: ${sockets.join(", ")}.`,
  });
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await access(path, constants.F_OK);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
  }
}
