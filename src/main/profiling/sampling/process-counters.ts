import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { isGone } from "./open-file.ts";

/** What the processes of a service did since it started; null where this user may not read it. */
export interface ProcessReading {
  processes: number;
  /** Read from block devices, and written to files of them: what was made dirty, less what was removed before it was written. */
  readBytes: number | null;
  writtenBytes: number | null;
  /** On the networks of its containers; null for one that uses the machine's own. */
  receivedBytes: number | null;
  sentBytes: number | null;
}

interface Bytes {
  in: number;
  out: number;
}

interface Process {
  parent: number | null;
  io: Bytes | null;
  network: string | null;
}

/**
 * Block and network counters of a stack's services, from the processes of their cgroups: cgroup v1 counts no buffered writes, and v2 counts
 * them when they reach the disk, half a minute later. A process that ends is added to its parent's counters when that one waits for it
 * (kernel: wait_task_zombie); one whose parent is not of the service keeps its last reading.
 */
export class ProcessCounters {
  readonly #services: ReadonlyMap<string, ServiceCounters>;

  /** `services` gives the folders whose `cgroup.procs` list a service's processes. */
  constructor(services: ReadonlyMap<string, () => readonly string[]>) {
    const ownNetwork = networkOf("self");
    this.#services = new Map([...services].map(([name, folders]) => [name, new ServiceCounters(folders, ownNetwork)]));
  }

  read(): Map<string, ProcessReading> {
    return new Map([...this.#services].map(([name, counters]) => [name, counters.read()]));
  }
}

class ServiceCounters {
  readonly #folders: () => readonly string[];
  readonly #ownNetwork: string | null;
  #before = new Map<number, Process>();
  readonly #ended: Bytes = { in: 0, out: 0 };
  /** Never less than it was: one that has ended is missing until its parent has waited for it. */
  readonly #most: Bytes = { in: 0, out: 0 };
  readonly #networks = new Map<string, Bytes>();
  #isDenied = false;

  constructor(folders: () => readonly string[], ownNetwork: string | null) {
    this.#folders = folders;
    this.#ownNetwork = ownNetwork;
  }

  read(): ProcessReading {
    const now = new Map<number, Process>();
    for (const pid of this.#folders().flatMap(readProcessIds)) {
      const stat = readIfAllowed(`/proc/${pid}/stat`);
      if (stat === null) continue;
      const network = this.#before.get(pid)?.network ?? networkOf(pid);
      now.set(pid, { parent: parentOf(stat), io: this.#ioOf(pid), network });
    }
    for (const [pid, { parent, io }] of this.#before) {
      if (now.has(pid) || io === null || (parent !== null && now.has(parent))) continue;
      this.#ended.in += io.in;
      this.#ended.out += io.out;
    }
    this.#before = now;
    const alive = [...now.values()].flatMap(({ io }) => io ?? []);
    this.#most.in = Math.max(this.#most.in, this.#ended.in + sum(alive, "in"));
    this.#most.out = Math.max(this.#most.out, this.#ended.out + sum(alive, "out"));
    const network = this.#readNetworks(now);
    return {
      processes: now.size,
      readBytes: this.#isDenied ? null : this.#most.in,
      writtenBytes: this.#isDenied ? null : this.#most.out,
      receivedBytes: network?.in ?? null,
      sentBytes: network?.out ?? null,
    };
  }

  #ioOf(pid: number): Bytes | null {
    const text = readIfAllowed(`/proc/${pid}/io`, () => {
      this.#isDenied = true;
    });
    return text === null ? null : parseProcessIo(text);
  }

  #readNetworks(processes: ReadonlyMap<number, Process>): Bytes | null {
    const seen = new Set<string>();
    for (const [pid, { network }] of processes) {
      if (network === null || network === this.#ownNetwork || seen.has(network)) continue;
      seen.add(network);
      const text = readIfAllowed(`/proc/${pid}/net/dev`);
      if (text !== null) this.#networks.set(network, parseNetworkBytes(text));
    }
    const all = [...this.#networks.values()];
    return all.length === 0 ? null : { in: sum(all, "in"), out: sum(all, "out") };
  }
}

/** Bytes of /proc/PID/io (proc(5)): `cancelled_write_bytes` are those of files that were removed or cut before they were written. */
export function parseProcessIo(text: string): Bytes {
  const field = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(text)?.[1] ?? Number.NaN);
  const bytes = { in: field("read_bytes"), out: field("write_bytes") - field("cancelled_write_bytes") };
  if (Number.isNaN(bytes.in) || Number.isNaN(bytes.out)) throw new RangeError(`Not a /proc/PID/io: ${text}`);
  return bytes;
}

/** Bytes of all interfaces but `lo` of /proc/PID/net/dev (proc(5)): the first and the ninth figure of each. */
export function parseNetworkBytes(text: string): Bytes {
  const bytes: Bytes = { in: 0, out: 0 };
  for (const line of text.split("\n").slice(2)) {
    const [name = "", figures = ""] = line.split(":");
    const fields = figures.trim().split(/\s+/).map(Number);
    if (name.trim() === "" || name.trim() === "lo") continue;
    bytes.in += fields[0] ?? 0;
    bytes.out += fields[8] ?? 0;
  }
  return bytes;
}

function readProcessIds(folder: string): number[] {
  const text = readIfAllowed(join(folder, "cgroup.procs")) ?? "";
  return text
    .split("\n")
    .filter((line) => line !== "" && line !== "0")
    .map(Number);
}

function parentOf(stat: string): number | null {
  const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  return Number.isInteger(parent) ? parent : null;
}

function networkOf(pid: number | "self"): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch (error) {
    if (isGone(error) || isDenied(error)) return null;
    throw error;
  }
}

function readIfAllowed(path: string, onDenied: () => void = () => undefined): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isDenied(error)) onDenied();
    else if (!isGone(error) && !isUnsupported(error)) throw error;
    return null;
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM");
}

/** A threaded cgroup has no processes of its own. */
function isUnsupported(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EOPNOTSUPP";
}

function sum(all: readonly Bytes[], way: keyof Bytes): number {
  return all.reduce((total, bytes) => total + bytes[way], 0);
}
