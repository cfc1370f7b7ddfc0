import { userInfo } from "node:os";
import { AppError, type DiscoveryEvidence, type Sighting } from "../../../shared/domain/index.ts";
import type { DiscoverySource, SightingEvent } from "../discovery-source.ts";
import { type FoundAliases, findAliases } from "./find-aliases.ts";
import { configFileOf, type ResolvedAlias, resolveAlias } from "./resolve-alias.ts";

/** Each is a process; a small machine runs that many at once. */
const CONCURRENT = 4;

export interface SshConfigOptions {
  /** The person's home folder. */
  home: string;
  /** The ssh program; the one on the path unless given. */
  ssh?: string;
}

/**
 * The hosts of `~/.ssh/config`, read once when it is attached. They are candidates: nobody is asked anything, since a
 * line in a file says neither that the machine is there now nor that it is a device.
 */
export function sshConfigSource({ home, ssh }: SshConfigOptions): DiscoverySource {
  let evidence: DiscoveryEvidence = { source: "ssh-config", state: "off", detail: "not read yet", hint: null };
  let reading: Promise<void> = Promise.resolve();
  return {
    name: "ssh-config",
    attach(listener) {
      const stop = new AbortController();
      reading = read({ home, listener, signal: stop.signal, ...(ssh === undefined ? {} : { ssh }) }).then(
        (told) => {
          evidence = told;
        },
        (error: unknown) => {
          const what = error instanceof Error ? error.message : String(error);
          evidence = { source: "ssh-config", state: "failed", detail: `reading it went wrong: ${what}`, hint: null };
        },
      );
      return () => stop.abort();
    },
    evidence: () => [evidence],
    firstRound: () => reading,
  };
}

interface Reading extends SshConfigOptions {
  listener: (event: SightingEvent) => void;
  signal: AbortSignal;
}

async function read({ home, ssh, listener, signal }: Reading): Promise<DiscoveryEvidence> {
  let found: FoundAliases;
  try {
    found = await findAliases(home);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return { source: "ssh-config", state: "failed", detail: `~/.ssh/config cannot be read: ${what}`, hint: null };
  }
  const failures: AppError[] = [];
  const hosts: ResolvedAlias[] = [];
  const options = {
    configFile: configFileOf(home, userInfo().homedir),
    signal,
    ...(ssh === undefined ? {} : { ssh }),
  };
  const waiting = found.aliases.values();
  const worker = async (): Promise<void> => {
    for (const alias of waiting) {
      if (signal.aborted || failures.some((failure) => failure.code === "unsupported")) return;
      try {
        const host = await resolveAlias(alias, options);
        if (host === null || signal.aborted) continue;
        hosts.push(host);
        listener({ kind: "attach", sighting: sightingOf(host) });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  return evidenceOf(found, hosts, failures);
}

function sightingOf({ alias, host, port, user }: ResolvedAlias): Sighting {
  return {
    key: `ssh-config:${alias}`,
    source: "ssh-config",
    ssh: true,
    user,
    name: alias,
    hostName: null,
    addresses: [host],
    port,
    interfaceName: null,
    balena: false,
    services: [],
    announcedModel: null,
    seenAtMs: Date.now(),
  };
}

function evidenceOf(
  found: FoundAliases,
  hosts: readonly ResolvedAlias[],
  failures: readonly AppError[],
): DiscoveryEvidence {
  const source = "ssh-config";
  const [unreadable] = found.unreadable;
  const lost = unreadable === undefined ? "" : `; not readable: ${unreadable}`;
  if (found.files === 0 && unreadable === undefined) {
    return { source, state: "off", detail: "there is no ~/.ssh/config", hint: null };
  }
  const noSsh = failures.find((failure) => failure.code === "unsupported");
  if (noSsh !== undefined) {
    return {
      source,
      state: "failed",
      detail: `${found.aliases.length} hosts not read: ${noSsh.message}`,
      hint: "Install the OpenSSH client, or add the devices by address.",
    };
  }
  const [failure] = failures;
  if (failure !== undefined) {
    const detail = `${hosts.length} hosts read, ${failures.length} not: ${failure.message}${lost}`;
    return { source, state: "failed", detail, hint: "Try one of them with: ssh -G ALIAS" };
  }
  const more = found.leftOut === 0 ? "" : `, ${found.leftOut} more left out`;
  const names = hosts
    .slice(0, 3)
    .map(({ alias }) => alias)
    .sort();
  const detail =
    hosts.length === 0
      ? `no host in it that could be a device${lost}`
      : `${hosts.length} hosts that may be devices: ${names.join(", ")}${hosts.length > names.length ? ", …" : ""}${more}${lost}`;
  return { source, state: unreadable === undefined ? "working" : "failed", detail, hint: null };
}
