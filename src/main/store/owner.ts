import { readFileSync } from "node:fs";
import * as z from "zod";

/**
 * Who made a thing (a container, a cgroup, a lock). A pid alone is not enough: pids are used again, so the start
 * time and the boot id say whether it is still the same process. Clock ticks since boot, as /proc/PID/stat has it.
 */
export const ownerSchema = z.object({ pid: z.int().positive(), startTicks: z.string(), bootId: z.string() });
export type Owner = z.infer<typeof ownerSchema>;

function startTicksOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold spaces and parentheses: fields count from behind the last one. proc(5), field 22.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH");
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch (error) {
    if (isGone(error)) return "no-boot-id";
    throw error;
  }
}

/** This process. On a system without /proc the start time is empty and `isOwnerAlive` asks the pid alone. */
export function currentOwner(): Owner {
  return { pid: process.pid, startTicks: startTicksOf(process.pid) ?? "", bootId: bootId() };
}

/** True while the process that made the thing still runs. */
export function isOwnerAlive(owner: Owner): boolean {
  if (owner.bootId !== bootId()) return false;
  if (owner.startTicks !== "") return startTicksOf(owner.pid) === owner.startTicks;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return !isGone(error);
  }
}

/** The owner as one label value: `pid.startTicks.bootId`. */
export function formatOwner(owner: Owner): string {
  return `${owner.pid}.${owner.startTicks}.${owner.bootId}`;
}

/** Reads what `formatOwner` wrote; null when it is not that. */
export function parseOwner(text: string): Owner | null {
  const match = /^(\d+)\.(\d*)\.(.+)$/.exec(text);
  const parsed = ownerSchema.safeParse({ pid: Number(match?.[1]), startTicks: match?.[2], bootId: match?.[3] });
  return parsed.success ? parsed.data : null;
}
