import { AppError, type AppErrorCode, type SshTarget } from "../../shared/domain/index.ts";
import { askSshConfig, type SshHostConfig, type SshIdentities } from "./ssh-config.ts";
import { formatAddress, SshConnectError } from "./ssh-errors.ts";

/** One SSH server on the way: the device at the end, or a jump host before it. */
export interface SshEnd {
  /** As people know it, with the names of the configuration. */
  target: SshTarget;
  /** Where TCP goes. */
  dial: { host: string; port: number };
  identities: SshIdentities | null;
  /** Under which name, and in which files of the person, its key is looked up; null: the usual ones. */
  knownHosts: { alias: string | null; files: readonly string[]; hash: boolean } | null;
}

/** The way to a device: the jump hosts in order, then the device. */
export interface SshRoute {
  jumps: readonly SshEnd[];
  end: SshEnd;
  /** What is wrong with the configuration, when it could not be used. */
  note: string | null;
}

/** A jump host that has jump hosts of its own, and so on: no real network is deeper. */
const jumpsMax = 8;

/** The way stands in the configuration and cannot be gone, or a jump host on it does not let us through. */
export class RouteError extends AppError {
  /** The jump host that refused the login. */
  readonly refusedBy: { target: SshTarget; takesPassword: boolean } | null;

  constructor(
    code: AppErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown; refusedBy?: RouteError["refusedBy"] } = {},
  ) {
    super(code, message, options);
    this.refusedBy = options.refusedBy ?? null;
  }
}

/** What stood in the way at a jump host; `which`: `1 of 2`. */
export function jumpFault(jump: SshTarget, error: AppError, which = "1 of 1"): RouteError {
  const count = which === "1 of 1" ? "" : ` (${which})`;
  const message = `The jump host ${formatAddress(jump)}${count}: ${error.message}`;
  if (error instanceof SshConnectError && error.fault === "auth") {
    const { takesPassword } = error;
    return new RouteError(error.code, message, {
      hint: loginHint(jump, takesPassword),
      cause: error,
      refusedBy: { target: jump, takesPassword },
    });
  }
  return new RouteError(error.code, message, { ...(error.hint === null ? {} : { hint: error.hint }), cause: error });
}

/** A jump host is no device here: who logs in there is for the configuration to say. */
function loginHint({ user, host, port }: SshTarget, takesPassword: boolean): string {
  const copyKey = `Put your key on that host: ssh-copy-id -p ${port} ${user}@${host}`;
  const other = `name another user for it in ~/.ssh/config`;
  return takesPassword ? `${copyKey}, ${other}, or give its password.` : `${copyKey}, or ${other}.`;
}

/** No configuration: straight there. */
export function straightRoute(target: SshTarget, note: string | null = null): SshRoute {
  return {
    jumps: [],
    note,
    end: { target, dial: { host: target.host, port: target.port }, identities: null, knownHosts: null },
  };
}

/**
 * The way to an address that a person gave, as ssh would go it: HostName, ProxyJump (chains, too), keys and known_hosts
 * of `~/.ssh/config`. User and port are the target's own. Throws RouteError where that cannot be done: a ProxyCommand, a
 * chain that turns in a circle, a configuration that ssh itself cannot read.
 */
export async function namedRoute(target: SshTarget, home: string): Promise<SshRoute> {
  const config = await asked(target.host, home);
  if (config === null) return straightRoute(target);
  refuseProxyCommand(target.host, config);
  return { jumps: await jumpsOf(config, home, [target.host]), end: endOf(target, config), note: null };
}

/**
 * The way to an address that was found on the network: straight there, with the keys that `~/.ssh/config` has for it. A
 * configuration that cannot be read is noted, and the usual keys are taken.
 */
export async function foundRoute(target: SshTarget, home: string): Promise<SshRoute> {
  try {
    const config = await askSshConfig(target.host, home);
    if (config === null) return straightRoute(target);
    const end = endOf(target, config);
    return { jumps: [], note: null, end: { ...end, dial: { host: target.host, port: target.port } } };
  } catch (error) {
    if (error instanceof AppError) return straightRoute(target, error.message);
    throw error;
  }
}

async function jumpsOf(config: SshHostConfig, home: string, seen: readonly string[]): Promise<SshEnd[]> {
  const jumps: SshEnd[] = [];
  for (const [index, spec] of config.proxyJump.entries()) {
    if (seen.includes(spec.host) || seen.length > jumpsMax) {
      throw new RouteError("bad-input", `The ProxyJump to ${seen[0]} leads over ${spec.host} again and again.`, {
        hint: "Correct it in ~/.ssh/config.",
      });
    }
    const own = await asked(spec.host, home);
    const user = spec.user ?? own?.user;
    const port = spec.port ?? own?.port ?? 22;
    if (own === null || user === undefined)
      throw new RouteError("unsupported", "There is no ssh on this machine any more.");
    // As ssh does: the first of a chain is reached as its own configuration says, the others through the one before.
    if (index === 0) {
      refuseProxyCommand(spec.host, own);
      jumps.push(...(await jumpsOf(own, home, [...seen, spec.host])));
    }
    jumps.push(endOf({ user, host: spec.host, port }, own));
  }
  return jumps;
}

async function asked(host: string, home: string): Promise<SshHostConfig | null> {
  try {
    return await askSshConfig(host, home);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new RouteError(error.code, error.message, {
      ...(error.hint === null ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}

function endOf(target: SshTarget, config: SshHostConfig): SshEnd {
  return {
    target,
    dial: { host: config.hostName, port: target.port },
    identities: config.identities,
    knownHosts: { alias: config.hostKeyAlias, files: config.knownHostsFiles, hash: config.hashKnownHosts },
  };
}

function refuseProxyCommand(host: string, config: SshHostConfig): void {
  if (config.proxyCommand === null) return;
  throw new RouteError(
    "unsupported",
    `The SSH configuration reaches ${host} with a ProxyCommand, which Bayplan does not support: it would run a program of that file's choice.`,
    {
      hint: "Use ProxyJump in ~/.ssh/config where the command only jumps over another host, or add the device by its address.",
    },
  );
}
