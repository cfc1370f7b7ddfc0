import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../shared/domain/index.ts";
import { currentDockerContext } from "./docker-context.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A socket at which this machine's engine may answer, and how it was come to. */
export interface LocalSocket {
  path: string;
  foundBy: string;
}

export interface LocalSockets {
  /** Best first. */
  sockets: LocalSocket[];
  /** Why the place that somebody has chosen is not among them; null when nothing was left out. */
  leftOut: string | null;
}

/**
 * The sockets to try: what DOCKER_HOST or DOCKER_CONTEXT names, alone; otherwise docker's current context, then where
 * the products put theirs. Throws `unsupported` when what is named is on no Unix socket, `bad-input` for a context that
 * cannot be read.
 */
export async function localSockets(env: Environment, home: string): Promise<LocalSockets> {
  const named = env.DOCKER_HOST;
  if (named !== undefined && named !== "") {
    const path = unixPath(named);
    if (path !== null) return { sockets: [{ path, foundBy: "DOCKER_HOST" }], leftOut: null };
    throw new AppError("unsupported", `DOCKER_HOST is ${named}, and Bayplan runs stacks on a Unix socket only.`, {
      hint: "Unset DOCKER_HOST, or set it to unix:///path/to/the.sock.",
    });
  }
  const context = await currentDockerContext(env, home);
  const usual = await usualSockets(env, home);
  if (context === null) return { sockets: usual, leftOut: null };
  const path = context.host === null ? null : unixPath(context.host);
  const isNamed = env.DOCKER_CONTEXT !== undefined && env.DOCKER_CONTEXT !== "";
  if (path !== null) {
    const chosen = { path, foundBy: `docker context ${context.name}` };
    return { sockets: isNamed ? [chosen] : [chosen, ...usual.filter((socket) => socket.path !== path)], leftOut: null };
  }
  const why = `The docker context ${context.name} leads to ${context.host}, and Bayplan runs stacks on a Unix socket of this machine only.`;
  if (!isNamed) return { sockets: usual, leftOut: why };
  throw new AppError("unsupported", why, {
    hint: "Unset DOCKER_CONTEXT. A machine that you reach by SSH is a device: bayplan devices add user@host.",
  });
}

/** The path of `unix:///path`; null for every other kind of address. */
function unixPath(host: string): string | null {
  return host.startsWith("unix:///") ? host.slice("unix://".length) : null;
}

async function usualSockets(env: Environment, home: string): Promise<LocalSocket[]> {
  const runtime = env.XDG_RUNTIME_DIR || `/run/user/${process.getuid?.() ?? 0}`;
  const config = env.XDG_CONFIG_HOME || join(home, ".config");
  const data = env.XDG_DATA_HOME || join(home, ".local", "share");
  const machine = join(data, "containers", "podman", "machine");
  return [
    { path: "/var/run/docker.sock", foundBy: "Docker's socket" },
    { path: join(runtime, "docker.sock"), foundBy: "rootless Docker" },
    { path: join(home, ".docker", "run", "docker.sock"), foundBy: "Docker Desktop" },
    { path: join(home, ".docker", "desktop", "docker.sock"), foundBy: "Docker Desktop" },
    { path: join(home, ".orbstack", "run", "docker.sock"), foundBy: "OrbStack" },
    ...(await socketsIn(join(home, ".colima"), "docker.sock", "Colima")),
    ...(await socketsIn(join(config, "colima"), "docker.sock", "Colima")),
    { path: join(home, ".rd", "docker.sock"), foundBy: "Rancher Desktop" },
    { path: join(runtime, "podman", "podman.sock"), foundBy: "rootless Podman" },
    { path: "/run/podman/podman.sock", foundBy: "Podman" },
    { path: join(machine, "podman.sock"), foundBy: "Podman machine" },
    ...(await socketsIn(machine, "podman.sock", "Podman machine")),
    ...(env.TMPDIR === undefined || env.TMPDIR === ""
      ? []
      : [{ path: join(env.TMPDIR, "podman", "podman-machine-default-api.sock"), foundBy: "Podman machine" }]),
  ];
}

/** One socket a profile: a product keeps each in a folder of its own. `default` comes first. */
async function socketsIn(folder: string, name: string, product: string): Promise<LocalSocket[]> {
  let profiles: string[];
  try {
    profiles = await readdir(folder);
  } catch {
    // Not installed, or somebody else's: then there is nothing to try.
    return [];
  }
  const rank = (profile: string): number => (profile === "default" ? 0 : 1);
  return profiles
    .filter((profile) => !profile.startsWith("_") && !profile.startsWith("."))
    .sort((left, right) => rank(left) - rank(right) || left.localeCompare(right))
    .map((profile) => ({
      path: join(folder, profile, name),
      foundBy: profile === "default" ? product : `${product} (${profile})`,
    }));
}
