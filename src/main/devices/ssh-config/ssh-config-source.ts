import { AppError, type DiscoveryEvidence, type Sighting } from "../../../shared/domain/index.ts";
import { forgetSshConfig } from "../../ssh/index.ts";
import type { DiscoverySource, SightingEvent } from "../discovery-source.ts";
import { type FilePrints, whenChanged } from "./file-prints.ts";
import { type FoundAliases, findAliases } from "./find-aliases.ts";
import { type ResolvedAlias, resolveAlias } from "./resolve-alias.ts";

/** Each is a process; a small machine runs that many at once. */
const CONCURRENT = 4;
/** How often the files are looked at, in milliseconds: a few calls of stat. */
const CHECK_MS = 2_000;

export interface SshConfigOptions {
  /** The person's home folder. */
  home: string;
  /** Milliseconds between two looks at the files; 2,000 unless told. */
  checkMs?: number;
}

/**
 * The hosts of `~/.ssh/config`, read when it is attached and again when that file or one that it includes has changed.
 * They are candidates: nobody is asked anything, since a line in a file says neither that the machine is there now nor
 * that it is a device.
 */
export function sshConfigSource({ home, checkMs = CHECK_MS }: SshConfigOptions): DiscoverySource {
  let evidence: DiscoveryEvidence = { source: "ssh-config", state: "off", detail: "not read yet", hint: null };
  let reading: Promise<void> = Promise.resolve();
  return {
    name: "ssh-config",
    attach(listener) {
      const stop = new AbortController();
      const known = new Map<string, Sighting>();
      const readNow = async (): Promise<FilePrints> => {
        const prints: FilePrints = new Map();
        try {
          evidence = await read({ home, listener, known, prints, signal: stop.signal });
        } catch (error) {
          const what = error instanceof Error ? error.message : String(error);
          evidence = { source: "ssh-config", state: "failed", detail: `reading it went wrong: ${what}`, hint: null };
        }
        return prints;
      };
      const first = readNow();
      reading = first.then(() => undefined);
      void follow(first, readNow, checkMs, stop.signal);
      return () => stop.abort();
    },
    evidence: () => [evidence],
    firstRound: () => reading,
  };
}

/** Reads anew after every change, until the signal aborts. */
async function follow(
  first: Promise<FilePrints>,
  readNow: () => Promise<FilePrints>,
  checkMs: number,
  signal: AbortSignal,
): Promise<void> {
  let prints = await first;
  while (await whenChanged(prints, checkMs, signal)) {
    forgetSshConfig();
    prints = await readNow();
  }
}

interface Reading {
  home: string;
  listener: (event: SightingEvent) => void;
  /** What was told before, by alias. It is kept up to date. */
  known: Map<string, Sighting>;
  prints: FilePrints;
  signal: AbortSignal;
}

async function read({ home, listener, known, prints, signal }: Reading): Promise<DiscoveryEvidence> {
  let found: FoundAliases;
  try {
    found = await findAliases(home, prints);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return { source: "ssh-config", state: "failed", detail: `~/.ssh/config cannot be read: ${what}`, hint: null };
  }
  const failures: AppError[] = [];
  const hosts: ResolvedAlias[] = [];
  // What cannot be read just now is not gone: somebody may be writing it.
  const gone = new Set(found.unreadable.length > 0 ? [] : known.keys());
  const waiting = found.aliases.values();
  const worker = async (): Promise<void> => {
    for (const alias of waiting) {
      if (signal.aborted || failures.some((failure) => failure.code === "unsupported")) return;
      try {
        const host = await resolveAlias(alias, home);
        if (host === null || signal.aborted) continue;
        hosts.push(host);
        gone.delete(alias);
        tell(sightingOf(host), known, listener);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  if (failures.length > 0) for (const alias of found.aliases) gone.delete(alias);
  for (const alias of signal.aborted ? [] : gone) {
    known.delete(alias);
    listener({ kind: "detach", key: keyOf(alias) });
  }
  return evidenceOf(found, hosts, failures);
}

/** Says what is new, and nothing of what is as it was. */
function tell(sighting: Sighting, known: Map<string, Sighting>, listener: (event: SightingEvent) => void): void {
  const before = known.get(sighting.name);
  known.set(sighting.name, sighting);
  const isSame =
    before !== undefined && JSON.stringify({ ...before, seenAtMs: 0 }) === JSON.stringify({ ...sighting, seenAtMs: 0 });
  if (!isSame) listener({ kind: before === undefined ? "attach" : "update", sighting });
}

function keyOf(alias: string): string {
  return `ssh-config:${alias}`;
}

function sightingOf({ alias, host, port, user, behind }: ResolvedAlias): Sighting {
  return {
    key: keyOf(alias),
    source: "ssh-config",
    ssh: true,
    user,
    name: alias,
    hostName: null,
    addresses: [host],
    ...(behind === null ? {} : { behind }),
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
