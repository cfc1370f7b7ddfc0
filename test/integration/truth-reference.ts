/** What the kernel and the engine say of a run by themselves, read without any of Bayplan's code. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The counters of one service's cgroup at one moment. */
export interface KernelReading {
  atWallMs: number;
  cpuSeconds: number;
  peakBytes: number;
  cacheBytes: number;
  shmemBytes: number;
  anonBytes: number;
}

abstract class Told {
  protected readonly child: ChildProcess;
  #text = "";

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
    this.child.stdout?.on("data", (chunk: Buffer) => {
      const lines = (this.#text + chunk.toString()).split("\n");
      this.#text = lines.pop() ?? "";
      for (const line of lines) this.onLine(line);
    });
  }

  protected abstract onLine(line: string): void;

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }
}

/**
 * A sampler of the test's own: a shell that runs `cat` over the files of an envelope on cgroup v1, ten times a second, until
 * they go. A round in which one of them was missing does not count.
 */
export class CatSampler extends Told {
  readonly readings = new Map<string, KernelReading[]>();
  readonly #services: readonly string[];
  #counters: number[] = [];
  #stats: Map<string, number>[] = [];
  #part: "counters" | "stats" = "counters";
  #atWallMs = 0;

  /** `memoryFolder` is the envelope's folder in the memory hierarchy. */
  constructor(memoryFolder: string, services: readonly string[]) {
    const cpuFolder = memoryFolder.replace("/memory/", "/cpuacct/");
    const counters = services.flatMap((service) => [
      join(cpuFolder, service, "cpuacct.usage"),
      join(memoryFolder, service, "memory.max_usage_in_bytes"),
    ]);
    const stats = services.map((service) => join(memoryFolder, service, "memory.stat"));
    const words = (files: readonly string[]) => files.map((file) => `'${file}'`).join(" ");
    super("sh", [
      "-c",
      `while [ -d '${memoryFolder}' ]; do
        echo "begin $(date +%s%3N)"; cat ${words(counters)}; echo stats; cat ${words(stats)}; echo end; sleep 0.1
      done`,
    ]);
    this.#services = services;
  }

  last(service: string): KernelReading {
    const reading = this.readings.get(service)?.at(-1);
    if (reading === undefined) throw new Error(`${service} was never read.`);
    return reading;
  }

  /** The most page cache that was seen of a service. */
  mostCacheBytes(service: string): number {
    return Math.max(0, ...(this.readings.get(service) ?? []).map((one) => one.cacheBytes - one.shmemBytes));
  }

  protected override onLine(line: string): void {
    if (line.startsWith("begin ")) {
      this.#atWallMs = Number(line.slice(6));
      this.#counters = [];
      this.#stats = [];
      this.#part = "counters";
    } else if (line === "stats") this.#part = "stats";
    else if (line === "end") this.#endRound();
    else if (this.#part === "counters") this.#counters.push(Number(line));
    else this.#addStat(line);
  }

  #addStat(line: string): void {
    const [key = "", value] = line.split(" ");
    // Every file begins with this one.
    if (key === "cache") this.#stats.push(new Map());
    this.#stats.at(-1)?.set(key, Number(value));
  }

  #endRound(): void {
    const count = this.#services.length;
    if (this.#counters.length !== 2 * count || this.#stats.length !== count) return;
    for (const [at, service] of this.#services.entries()) {
      const stat = (key: string) => this.#stats[at]?.get(key) ?? Number.NaN;
      const reading: KernelReading = {
        atWallMs: this.#atWallMs,
        cpuSeconds: (this.#counters[2 * at] ?? Number.NaN) / 1e9,
        peakBytes: this.#counters[2 * at + 1] ?? Number.NaN,
        cacheBytes: stat("total_cache"),
        shmemBytes: stat("total_shmem"),
        anonBytes: stat("total_rss"),
      };
      this.readings.set(service, [...(this.readings.get(service) ?? []), reading]);
    }
  }
}

const unitBytes: Record<string, number> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** What `docker stats` would have said: the highest of each figure that it showed of a container. */
export class DockerStats extends Told {
  readonly most = new Map<string, { memoryBytes: number; cores: number; count: number }>();
  /** Everything that it showed, in its order. */
  readonly readings: { id: string; bytes: number; cores: number }[] = [];

  constructor() {
    super("docker", ["stats", "--no-trunc", "--format", "{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.ID}}"]);
  }

  protected override onLine(line: string): void {
    // The screen is cleared before each round.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it sends
    const [name = "", percent = "", memory = "", , , id = ""] = line.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "").split(" ");
    const [, size, unit = ""] = /^([\d.]+)(\w+)$/.exec(memory) ?? [];
    const bytes = Number(size) * (unitBytes[unit] ?? Number.NaN);
    const cores = Number(percent.replace("%", "")) / 100;
    if (!Number.isFinite(bytes) || !Number.isFinite(cores)) return;
    this.readings.push({ id, bytes, cores });
    const before = this.most.get(name) ?? { memoryBytes: 0, cores: 0, count: 0 };
    this.most.set(name, {
      memoryBytes: Math.max(before.memoryBytes, bytes),
      cores: Math.max(before.cores, cores),
      count: before.count + 1,
    });
  }
}

/** What `docker events` tells of containers whose name begins with a text. */
export class DockerEvents extends Told {
  readonly events: { action: string; container: string; atWallMs: number }[] = [];
  readonly #prefix: string;

  constructor(prefix: string) {
    const format = "{{.Action}} {{.Actor.Attributes.name}} {{.TimeNano}}";
    super("docker", ["events", "--filter", "type=container", "--format", format]);
    this.#prefix = prefix;
  }

  protected override onLine(line: string): void {
    const [action = "", container = "", nanoseconds] = line.split(" ");
    if (!container.startsWith(this.#prefix)) return;
    this.events.push({ action, container, atWallMs: Number(nanoseconds) / 1e6 });
  }
}
