import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { AppError, type DeviceId, deviceIdSchema, runIdSchema } from "../../shared/domain/index.ts";
import type { Fleet } from "../devices/index.ts";
import { cleanDeviceSpeed } from "../profiling/index.ts";
import { removeFromDevice, removeRun } from "../stacks/index.ts";
import { currentOwner, type Document, isOwnerAlive, openDocument, ownerSchema } from "../store/index.ts";

/** What is on a device for a time, and has to be gone from it afterwards. */
export const owedThingSchema = z.discriminatedUnion("kind", [
  /** The folder of a benchmark. */
  z.object({ kind: z.literal("speed"), folder: z.string().regex(/^bayplan-speed-[0-9a-f]+$/) }),
  /** Containers, networks and volumes of a measured run, and the files of its stack. */
  z.object({ kind: z.literal("run"), runId: runIdSchema, project: z.string() }),
]);
export type OwedThing = z.infer<typeof owedThingSchema>;

/** How often a device that is online is asked again to give back what it has. */
const triesMax = 10;
const tryEveryMs = 1_000;

const debtSchema = z.object({ deviceId: deviceIdSchema, owner: ownerSchema, thing: owedThingSchema });
type Debt = z.infer<typeof debtSchema>;

/**
 * What Bayplan has put on devices and not taken back yet. It is written down before it is put there, so that what a broken
 * connection, a crash or a reboot has left behind is removed with the next connection, by whichever Bayplan makes it.
 */
export class DeviceDebts {
  readonly #fleet: Fleet;
  readonly #file: Document<Debt[]>;
  readonly #onBug: (error: unknown) => void;
  readonly #closing = new AbortController();
  /** What this process has there and still uses. */
  readonly #inUse = new Set<string>();
  #watching: Promise<void> | null = null;

  constructor(fleet: Fleet, dataFolder: string, onBug: (error: unknown) => void) {
    this.#fleet = fleet;
    this.#file = openDocument(join(dataFolder, "on-devices.json"), z.array(debtSchema), []);
    this.#onBug = onBug;
  }

  /** Looks for debts of processes that are gone, and pays them as their devices answer. */
  async start(): Promise<void> {
    if ((await this.#due()).length > 0) this.#watch();
  }

  /**
   * Does something that puts a thing on a device, which is removed again when `action` is over. When it cannot be removed
   * then, it is with the next connection.
   */
  async whileOwing<T>(deviceId: DeviceId, thing: OwedThing, action: () => Promise<T>): Promise<T> {
    await this.#tryToPay(deviceId);
    const debt: Debt = { deviceId: this.#fleet.keptAs(deviceId), owner: currentOwner(), thing };
    const key = JSON.stringify(debt);
    this.#inUse.add(key);
    await this.#file.update((all) => [...all, debt]);
    try {
      return await action();
    } finally {
      this.#inUse.delete(key);
      await this.#tryToPay(deviceId);
    }
  }

  /** Removes what is due on a device. Throws what the connection or the engine throws, and then still owes it. */
  async pay(deviceId: DeviceId): Promise<void> {
    for (const debt of await this.#due()) {
      if (debt.deviceId !== deviceId && debt.deviceId !== this.#fleet.keptAs(deviceId)) continue;
      await this.#remove(deviceId, debt.thing);
      await this.#file.update((all) => all.filter((other) => JSON.stringify(other) !== JSON.stringify(debt)));
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#watching;
  }

  /** Those whose process is gone, and those of this process that nobody uses any more. */
  async #due(): Promise<Debt[]> {
    const own = JSON.stringify(currentOwner());
    return (await this.#file.read()).filter((debt) =>
      JSON.stringify(debt.owner) === own ? !this.#inUse.has(JSON.stringify(debt)) : !isOwnerAlive(debt.owner),
    );
  }

  async #remove(deviceId: DeviceId, thing: OwedThing): Promise<void> {
    const connection = await this.#fleet.connectionOf(deviceId);
    if (thing.kind === "speed") {
      await cleanDeviceSpeed(connection, thing.folder);
      return;
    }
    await removeRun(await this.#fleet.engineOf(deviceId), thing.runId);
    await removeFromDevice(connection, thing.project, { volumes: true });
  }

  /** What cannot be removed now is as soon as the device answers again. */
  async #tryToPay(deviceId: DeviceId): Promise<void> {
    try {
      await this.pay(deviceId);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#watch();
    }
  }

  #watch(): void {
    this.#watching ??= this.#payAsTheyAnswer()
      .catch(this.#onBug)
      .finally(() => {
        this.#watching = null;
      });
  }

  /** Until nothing is due any more. */
  async #payAsTheyAnswer(): Promise<void> {
    const { signal } = this.#closing;
    for await (const _ of this.#fleet.watch(signal)) {
      const due = await this.#due();
      if (due.length === 0 || signal.aborted) return;
      const owed = new Set(due.map((debt) => debt.deviceId));
      for (const { id, state } of this.#fleet.list()) {
        if (state !== "online") continue;
        if (owed.has(id) || owed.has(this.#fleet.keptAs(id))) await this.#payOnline(id, signal);
      }
    }
  }

  /** A device that has just come, or is busy, may not do it at once; one that has gone again tells so by its next state. */
  async #payOnline(deviceId: DeviceId, signal: AbortSignal): Promise<void> {
    for (let tries = 0; tries < triesMax && !signal.aborted; tries += 1) {
      try {
        await this.pay(deviceId);
        return;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
      await sleep(tryEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
