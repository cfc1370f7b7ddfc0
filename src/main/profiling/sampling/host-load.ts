import { OpenFile } from "./open-file.ts";

const ticksPerSecond = 100;

/** CPU seconds that this machine has spent since its start, from the first line of /proc/stat (proc(5)). */
export function parseBusySeconds(text: string): number {
  const line = text.slice(0, text.indexOf("\n"));
  const [name, ...fields] = line.split(/\s+/);
  const ticks = fields.map(Number);
  if (name !== "cpu" || ticks.length < 8 || ticks.some((value) => !Number.isFinite(value))) {
    throw new RangeError(`Not the first line of /proc/stat: ${JSON.stringify(line)}`);
  }
  // user nice system idle iowait irq softirq steal; guest time is in user already. Time stolen by a hypervisor is gone too.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = ticks;
  return (user + nice + system + irq + softirq + steal) / ticksPerSecond;
}

/** CPU of this machine that was not the stack's, once a second. */
export class HostLoad {
  readonly #file = new OpenFile("/proc/stat");
  #before: { atMs: number; busySeconds: number; stackSeconds: number } | null = null;

  /** Cores since the reading before; null on the first one. */
  read(atMs: number, stackSeconds: number): number | null {
    const text = this.#file.readStart(1024);
    if (text === null) return null;
    const now = { atMs, busySeconds: parseBusySeconds(text), stackSeconds };
    const before = this.#before;
    this.#before = now;
    if (before === null || now.atMs <= before.atMs) return null;
    const other = now.busySeconds - before.busySeconds - (now.stackSeconds - before.stackSeconds);
    return Math.max(0, other / ((now.atMs - before.atMs) / 1000));
  }

  close(): void {
    this.#file.close();
  }
}
