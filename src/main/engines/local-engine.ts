import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { AppError } from "../../shared/domain/index.ts";
import { openEngine } from "./docker-api/open-engine.ts";
import type { Engine } from "./engine.ts";
import { type Environment, localSockets } from "./local-sockets.ts";
import { dockerAccounts } from "./registry-accounts/index.ts";

/**
 * Opens this machine's engine: the first of the sockets that answers; its info says which was taken. Throws `no-engine`
 * when none does, `engine-denied` when one is there and this user may not open it, `unsupported` for a DOCKER_HOST or
 * DOCKER_CONTEXT that is no socket, `bad-input` for a docker context that cannot be read.
 */
export async function openLocalEngine(env: Environment = process.env, home: string = homedir()): Promise<Engine> {
  const { sockets, leftOut } = await localSockets(env, home);
  let denied: AppError | null = null;
  for (const { path, foundBy } of sockets) {
    if (await isMissing(path)) continue;
    try {
      return await openEngine(
        { socketPath: path },
        { foundBy: leftOut === null ? foundBy : `${foundBy}. ${leftOut}`, accounts: dockerAccounts({ env, home }) },
      );
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === "engine-denied") denied ??= error;
      else if (error.code !== "no-engine") throw error;
    }
  }
  if (denied !== null) throw denied;
  const tried = sockets.map(({ path }) => path).join(", ");
  const install = "Install one (on Debian: sudo apt install docker.io) or start it (sudo systemctl start docker).";
  throw new AppError("no-engine", "No container engine answers on this machine.", {
    hint: `${leftOut === null ? "" : `${leftOut} `}${install} Tried: ${tried}.`,
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
