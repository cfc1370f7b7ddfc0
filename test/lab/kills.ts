/** Ways to break what is between Bayplan and a device: each hits, holds for a while, and heals again. */
import type { LabDevice } from "./device.ts";
import { freeze, killSessions, setLoss, thaw } from "./device-faults.ts";
import type { FaultProxy, LinkFaults } from "./fault-proxy.ts";
import { sleep } from "./run.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface Kill {
  name: string;
  /** Resolves when all is well again; what it was, for a protocol. */
  hit(random: SeededRandom): Promise<string>;
}

/** The proxy has to stand between Bayplan and the device. */
export function killsOf(device: LabDevice, proxy: FaultProxy): Kill[] {
  const held = (
    name: string,
    [fromMs, toMs]: readonly [number, number],
    begin: () => unknown,
    end: () => unknown,
  ): Kill => ({
    name,
    async hit(random) {
      const holdMs = random.between(fromMs, toMs);
      try {
        await begin();
        await sleep(holdMs);
      } finally {
        await end();
      }
      return `${name} for ${holdMs} ms`;
    },
  });
  const link = (name: string, faults: LinkFaults, hold: readonly [number, number]): Kill =>
    held(
      name,
      hold,
      () => proxy.set(faults),
      () => proxy.set({}),
    );
  const nothing = (): void => undefined;
  return [
    held("sessions killed", [0, 300], () => killSessions(device), nothing),
    held(
      "sshd killed",
      [0, 1_500],
      () => device.stopSshd(),
      () => device.startSshd(),
    ),
    held("TCP reset", [0, 300], () => proxy.reset(), nothing),
    link("half-open", { stalled: ["up", "down"] }, [500, 6_000]),
    link("nothing comes", { stalled: ["down"] }, [500, 6_000]),
    link("nothing goes", { stalled: ["up"] }, [500, 6_000]),
    link("64 kB/s", { bytesPerSecond: 64_000 }, [1_000, 4_000]),
    link("late by 400 ms", { delayMs: 400 }, [1_000, 3_000]),
    held(
      "link down",
      [100, 6_000],
      () => device.setLink("down"),
      () => device.setLink("up"),
    ),
    held(
      "20% lost",
      [1_000, 4_000],
      () => setLoss(device, 0.2),
      () => setLoss(device, 0),
    ),
    held(
      "frozen",
      [100, 6_000],
      () => freeze(device),
      () => thaw(device),
    ),
    held(
      "engine killed",
      [0, 1_000],
      () => device.killDockerd(),
      () => device.startDockerd(),
    ),
    held(
      "engine stopped",
      [0, 1_000],
      () => device.stopDockerd(),
      () => device.startDockerd(),
    ),
  ];
}
