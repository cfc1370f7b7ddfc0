/** One device of a lab behind a proxy that can spoil the link, watched and sampled as the pages do, with all that it was. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Container, Device, DeviceState, Outcome } from "../../src/shared/domain/index.ts";
import { type FaultProxy, startFaultProxy } from "../lab/fault-proxy.ts";
import type { LabDevice } from "../lab/lab.ts";
import { sleep } from "../lab/run.ts";
import { openWorld, type World } from "./devices-world.ts";

/** What a device holds open for us: leaks on its side. */
export interface Footprint {
  /** Processes of SSH sessions, and samplers. */
  sessions: number;
  samplers: number;
  /** TCP connections that its SSH server takes to be open. */
  connections: number;
  /** Descriptors of the sessions: every channel is one or more. */
  descriptors: number;
}

export async function footprintOf(device: LabDevice): Promise<Footprint> {
  const port = device.sshPort.toString(16).toUpperCase().padStart(4, "0");
  const text = await device.sh(
    'main="$(cat /run/sshd.pid)"; s=0; f=0; ' +
      'for p in $(pgrep -x sshd); do [ "$p" = "$main" ] && continue; s=$((s+1)); ' +
      "f=$((f+$(ls /proc/$p/fd 2>/dev/null | wc -l))); done; " +
      `c=$(awk '$4 == "01" && $2 ~ /:${port}$/' /proc/net/tcp | wc -l); ` +
      "r=$(ps -eo args | grep -Ec '[r]ead -r (_|number)' || true); echo $s $r $c $f",
  );
  const [sessions = Number.NaN, samplers = Number.NaN, connections = Number.NaN, descriptors = Number.NaN] = text
    .trim()
    .split(" ")
    .map(Number);
  return { sessions, samplers, connections, descriptors };
}

/** Sockets of this machine that lead to the proxy and are open. */
function socketsTo(port: number): number {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return ["/proc/self/net/tcp", "/proc/self/net/tcp6"]
    .flatMap((file) => readFileSync(file, "utf8").split("\n"))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[2]?.endsWith(wanted) === true && fields[3] === "01").length;
}

/** Asks until the answer is as wanted; `expect.poll` belongs to one test at a time, and these run side by side. */
export async function settles<T>(
  what: string,
  ask: () => T | Promise<T>,
  isRight: (now: T) => boolean,
  timeoutMs: number,
): Promise<T> {
  const endAtMs = performance.now() + timeoutMs;
  for (;;) {
    const now = await ask();
    if (isRight(now)) return now;
    if (performance.now() > endAtMs) throw new Error(`${what}: after ${timeoutMs} ms it is ${JSON.stringify(now)}.`);
    await sleep(20);
  }
}

export interface Passed {
  state: DeviceState;
  message: string;
  hint: string;
  atMs: number;
}

export class Scene {
  /** Every state and sentence that was shown, oldest first. */
  readonly passed: Passed[] = [];
  /** When each sample arrived, on a clock that never jumps. */
  readonly samples: number[] = [];
  readonly outcomes: Outcome<Container[]>[] = [];
  readonly #stop = new AbortController();
  readonly #reading: Promise<unknown>;

  private constructor(
    readonly target: LabDevice,
    readonly proxy: FaultProxy,
    readonly world: World,
    readonly device: Device,
  ) {
    this.#reading = Promise.all([this.#watch(), this.#sample(), this.#list()]);
  }

  /** Online, sampled and listed, and quiet on both sides. */
  static async open(target: LabDevice, clientKeyPath: string, dataFolder?: string): Promise<Scene> {
    const proxy = await startFaultProxy({ host: target.address, port: target.sshPort });
    const world = await openWorld({ clientKeyPath, sources: [], ...(dataFolder === undefined ? {} : { dataFolder }) });
    const added = await world.fleet.add({ user: target.user, host: "127.0.0.1", port: proxy.port }, null);
    await world.until("127.0.0.1", "asking for trust", (one) => one.hostKey.trust === "new", 20_000);
    await world.fleet.trust(added.id, target.hostKeyFingerprint);
    const online = await world.until("127.0.0.1", "online", (one) => one.state === "online", 20_000);
    const scene = new Scene(target, proxy, world, online);
    await scene.isBack(10_000);
    return scene;
  }

  async #watch(): Promise<void> {
    for await (const update of this.world.fleet.watch(this.#stop.signal)) {
      const devices = update.kind === "snapshot" ? update.devices : update.kind === "changed" ? [update.device] : [];
      for (const { state, trouble } of devices) {
        const last = this.passed.at(-1);
        const now = { state, message: trouble?.message ?? "", hint: trouble?.hint ?? "", atMs: performance.now() };
        if (last?.state !== state || last.message !== now.message) this.passed.push(now);
      }
    }
  }

  async #sample(): Promise<void> {
    for await (const batch of this.world.fleet.samples([this.device.id], 1_000, this.#stop.signal))
      for (const _ of batch.samples) this.samples.push(performance.now());
  }

  async #list(): Promise<void> {
    for await (const outcome of this.world.fleet.containers(this.device.id, this.#stop.signal))
      this.outcomes.push(outcome);
  }

  get state(): DeviceState | undefined {
    return this.world.fleet.list()[0]?.state;
  }

  /** States that were shown since a moment, that of the moment first. */
  since(atMs: number): Passed[] {
    const from = this.passed.findLastIndex((one) => one.atMs <= atMs);
    return this.passed.slice(Math.max(0, from));
  }

  until(what: string, wanted: (device: Device) => boolean, timeoutMs: number): Promise<Device> {
    return this.world.until("127.0.0.1", what, wanted, timeoutMs);
  }

  /** In one of these states within the time, with a sentence and a hint; how long it took, in milliseconds. */
  async lost(timeoutMs: number, ...states: DeviceState[]): Promise<number> {
    const startedAtMs = performance.now();
    const device = await this.until(states.join(" or "), (one) => states.includes(one.state), timeoutMs);
    const tookMs = performance.now() - startedAtMs;
    expect(device.trouble?.message).toMatch(/\.$/);
    return tookMs;
  }

  /** Online again by itself, with the same two readers going on. */
  async isBack(timeoutMs: number): Promise<void> {
    await this.until("online", (one) => one.state === "online", timeoutMs);
    const { length } = this.samples;
    await settles(
      "samples",
      () => this.samples.length,
      (now) => now > length,
      10_000,
    );
    await settles(
      "containers",
      () => this.outcomes.at(-1)?.ok,
      (now) => now === true,
      10_000,
    );
  }

  #socketsHere(): number[] {
    return [this.proxy.connections, socketsTo(this.proxy.port)];
  }

  /** What is held open now, on both sides, once it has settled on no more than `most`. */
  async holdsNoMoreThan(most: Footprint): Promise<void> {
    await settles(
      "sockets here",
      () => this.#socketsHere(),
      (now) => now.every((count) => count === 1),
      10_000,
    );
    const isEnough = (now: Footprint): boolean =>
      now.sessions <= most.sessions &&
      now.samplers <= most.samplers &&
      now.connections <= most.connections &&
      now.descriptors <= most.descriptors;
    const what = `what the device holds open, ${JSON.stringify(most)} before`;
    await settles(what, () => footprintOf(this.target), isEnough, 15_000);
  }

  /** Ends it; nothing of it is left here or on the device. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#reading;
    await this.world.close();
    await settles(
      "sockets here",
      () => this.#socketsHere(),
      (now) => now.every((count) => count === 0),
      5_000,
    );
    await this.proxy.close();
    const isNothing = (now: Footprint): boolean => Object.values(now).every((count) => count === 0);
    await settles("what the device holds open", () => footprintOf(this.target), isNothing, 15_000);
  }
}
