import { closeSync, constants, openSync, readSync } from "node:fs";

/** One OOM kill as the kernel's log tells it. Cgroups are named from the root of their hierarchy: `/bayplan-…/broker/…`. */
export interface LoggedKill {
  /** The cgroup whose limit was hit; null when the machine itself was out of memory. */
  atGroup: string | null;
  /** The cgroup of the victim. */
  victimGroup: string;
  process: string;
  pid: number;
}

/**
 * Reads one record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg): `prio,seq,time,flags;text`. Null when it is not
 * an OOM kill. The text is made by `dump_oom_victim` in mm/oom_kill.c; the process name may hold commas.
 */
export function parseOomRecord(record: string): LoggedKill | null {
  const text = record.slice(record.indexOf(";") + 1).split("\n", 1)[0] ?? "";
  const match =
    /^oom-kill:constraint=\w+,.*?(?:oom_memcg=([^,]*),|(global_oom),)task_memcg=([^,]*),task=(.*),pid=(\d+),uid=\d+$/.exec(
      text,
    );
  if (match === null) return null;
  const [, atGroup, , victimGroup = "", process = "", pid = ""] = match;
  return { atGroup: atGroup ?? null, victimGroup, process, pid: Number(pid) };
}

/**
 * Follows the kernel's log for OOM kills from now on. It is the only place that says whose limit was hit: on cgroup v1
 * the counter is on the container's own group, which goes away with it, and the engine's event comes to every
 * container below the limit, killed or not.
 */
export class KernelLog {
  readonly #fd: number;
  readonly #buffer = Buffer.allocUnsafe(8192);

  private constructor(fd: number) {
    this.#fd = fd;
    this.takeKills();
  }

  /** Null where the log may not be read. */
  static open(): KernelLog | null {
    try {
      return new KernelLog(openSync("/dev/kmsg", constants.O_RDONLY | constants.O_NONBLOCK));
    } catch (error) {
      const denied: unknown[] = ["EACCES", "EPERM", "ENOENT", "EINVAL"];
      if (error instanceof Error && "code" in error && denied.includes(error.code)) return null;
      throw error;
    }
  }

  /** The kills since this was asked last. */
  takeKills(): LoggedKill[] {
    const kills: LoggedKill[] = [];
    for (;;) {
      const record = this.#next();
      if (record === "end") return kills;
      const kill = record === "lost" ? null : parseOomRecord(record);
      if (kill !== null) kills.push(kill);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** One read gives one record. EPIPE: older ones were overwritten before they were read, and reading goes on after them. */
  #next(): string {
    try {
      const length = readSync(this.#fd, this.#buffer, 0, this.#buffer.length, null);
      return length === 0 ? "end" : this.#buffer.toString("latin1", 0, length);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : null;
      if (code === "EAGAIN") return "end";
      if (code === "EPIPE") return "lost";
      throw error;
    }
  }
}
