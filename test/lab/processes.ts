/** Processes are recorded by pid, start time and boot, so that a recycled pid is never taken for ours. */
import { readFileSync } from "node:fs";
import { sleep } from "./run.ts";

export interface ProcessId {
  pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. */
  startTime: number;
  bootId: string;
}

let boot: string | undefined;

export function bootId(): string {
  boot ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return boot;
}

interface Stat {
  state: string;
  startTime: number;
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", startTime: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

export function identify(pid: number): ProcessId {
  const stat = readStat(pid);
  if (stat === undefined) throw new Error(`Process ${pid} is gone before it could be recorded.`);
  return { pid, startTime: stat.startTime, bootId: bootId() };
}

/** A zombie counts as dead. */
export function isAlive(id: ProcessId): boolean {
  if (id.bootId !== bootId()) return false;
  const stat = readStat(id.pid);
  return stat !== undefined && stat.startTime === id.startTime && stat.state !== "Z" && stat.state !== "X";
}

export function signal(id: ProcessId, name: NodeJS.Signals): void {
  if (!isAlive(id)) return;
  try {
    process.kill(id.pid, name);
  } catch {
    // It went away in between.
  }
}

/** Ends a process: politely first when a grace time is given. Resolves once it is gone. */
export async function endProcess(id: ProcessId, graceMs = 0): Promise<void> {
  if (graceMs > 0) {
    signal(id, "SIGTERM");
    const end = Date.now() + graceMs;
    while (isAlive(id) && Date.now() < end) await sleep(50);
  }
  signal(id, "SIGKILL");
  const end = Date.now() + 10_000;
  while (isAlive(id)) {
    if (Date.now() > end) throw new Error(`Process ${id.pid} does not end.`);
    await sleep(20);
  }
}
