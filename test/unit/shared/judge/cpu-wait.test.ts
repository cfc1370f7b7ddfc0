import { describe, expect, it } from "vitest";
import {
  type CpuWait,
  defaultRules,
  judgeTarget,
  type TargetObservation,
} from "../../../../src/shared/domain/index.ts";
import { minute, observation } from "./observations.ts";

/** A minute on a machine with 4 CPUs of which others leave `freeCores`; the board has 4 cores and a quota of 1 host core. */
function onBusyMachine(hostCores: number, freeCores: number, wait?: Partial<CpuWait>): TargetObservation {
  const seen = observation({ seconds: minute(60, { hostCores, otherCores: 4 - freeCores, threadCores: 0.02 }) });
  if (wait === undefined) return seen;
  const cpuWait: CpuWait = { waitedCores: 0, missedCores: 0, threadCores: 0.02, ...wait };
  return { ...seen, windows: seen.windows.map((window) => ({ ...window, cpuWait })) };
}

const cpuOf = (seen: TargetObservation) => judgeTarget(seen, defaultRules).axes.cpu;

describe("CPU on a busy machine", () => {
  it("is unknown when nobody knows how long the stack waited", () => {
    expect(cpuOf(onBusyMachine(0.05, 0.05))?.verdict).toBe("unknown");
  });

  it("counts what the stack waited as if it had run, and then says that it fits", () => {
    const axis = cpuOf(onBusyMachine(0.05, 0.05, { waitedCores: 0.1, threadCores: 0.1 }));
    expect(axis?.verdict).toBe("fits");
    expect(axis?.value).toBeCloseTo(0.2);
    expect(axis?.high).toBeCloseTo((0.05 + 0.1) * 4 * defaultRules.cpuBand);
    expect(axis?.reason).toContain("what the stack waited for a CPU is counted as if it had run");
  });

  it("is tight when it may have wanted nearly all, and unknown when it may have wanted more than there is", () => {
    expect(cpuOf(onBusyMachine(0.05, 0.05, { waitedCores: 0.5 }))?.verdict).toBe("tight");
    expect(cpuOf(onBusyMachine(0.05, 0.05, { waitedCores: 1 }))?.verdict).toBe("unknown");
  });

  it("is unknown when one thread may have wanted more than a core of the device", () => {
    expect(cpuOf(onBusyMachine(0.05, 0.05, { waitedCores: 0.3, threadCores: 0.3 }))?.verdict).toBe("unknown");
    expect(cpuOf(onBusyMachine(0.05, 0.05, { waitedCores: 0.1, threadCores: 0.15 }))?.verdict).toBe("tight");
  });

  it("does not go by the wait of a few threads when most of the time was used by others that had ended", () => {
    expect(cpuOf(onBusyMachine(0.2, 0.2, { waitedCores: 0, missedCores: 0.019 }))?.verdict).toBe("fits");
    expect(cpuOf(onBusyMachine(0.2, 0.2, { waitedCores: 0, missedCores: 0.021 }))?.verdict).toBe("unknown");
  });

  it("counts no wait on a machine that was not busy", () => {
    const axis = cpuOf(onBusyMachine(0.05, 3, { waitedCores: 0.9 }));
    expect(axis?.verdict).toBe("fits");
    expect(axis?.high).toBeCloseTo(0.2 * defaultRules.cpuBand);
  });
});
