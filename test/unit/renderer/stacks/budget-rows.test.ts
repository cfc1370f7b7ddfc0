import { describe, expect, test } from "vitest";
import { cpuStanding, memoryStanding, stackNeeds } from "../../../../src/renderer/stacks/budgets/budget-rows.ts";
import type { Budget } from "../../../../src/shared/domain/index.ts";

const mib = 1024 ** 2;

interface Limits {
  memory?: number;
  reserved?: number;
  cpu?: number;
  load?: boolean;
}

function declared(services: Record<string, Limits>) {
  return Object.entries(services).map(([name, { memory, reserved, cpu, load = false }]) => ({
    name,
    load,
    place: { file: "/c.yaml", line: 1, column: 1 },
    limits: {
      memoryBytes: memory === undefined ? null : memory * mib,
      memoryReservationBytes: reserved === undefined ? null : reserved * mib,
      cpuCores: cpu ?? null,
      pids: null,
    },
  }));
}

function budget(memoryMiB: number | null, cpuCores: number | null, cpus: number | null = null): Budget {
  return {
    label: "x",
    name: "X",
    kind: "custom",
    memoryBytes: memoryMiB === null ? null : memoryMiB * mib,
    memorySource: "",
    cpuCores,
    cpuSource: "",
    cpus,
    storageBytes: null,
    platform: null,
    singleCoreScore: null,
    multiCoreScore: null,
    hasSwap: false,
  };
}

describe("stackNeeds", () => {
  test("those without a memory limit first, then the largest; load makers are no part of it", () => {
    const needs = stackNeeds(
      declared({
        a: { memory: 64 },
        b: { cpu: 1 },
        c: { memory: 128, cpu: 0.5 },
        d: {},
        load: { memory: 999, load: true },
      }),
    );
    expect(needs.services.map(({ name }) => name)).toEqual(["b", "d", "c", "a"]);
    expect(needs.memory).toEqual({ total: 192 * mib, open: 2 });
    expect(needs.cpu).toEqual({ total: 1.5, open: 2 });
  });
});

describe("how memory stands to a budget", () => {
  const standing = (services: Record<string, Limits>, memoryMiB: number | null) =>
    memoryStanding(stackNeeds(declared(services)), budget(memoryMiB, null));
  test("within, open, over, too much reserved, and no figure", () => {
    expect(standing({ a: { memory: 64 } }, 64)).toBe("within");
    expect(standing({ a: { memory: 64 }, b: {} }, 64)).toBe("open");
    expect(standing({ a: { memory: 65 }, b: {} }, 64)).toBe("over");
    expect(standing({ a: { memory: 64, reserved: 60 }, b: { reserved: 5 } }, 64)).toBe("cannot-start");
    expect(standing({ a: { memory: 64 } }, null)).toBe("no-budget");
  });
});

describe("how CPU stands to a budget", () => {
  const standing = (services: Record<string, Limits>, cores: number | null, cpus: number | null) =>
    cpuStanding(stackNeeds(declared(services)), budget(null, cores, cpus));
  test("sharing is no refusal; more CPUs than there are is, whatever the score", () => {
    expect(standing({ a: { cpu: 2 }, b: { cpu: 1 } }, 3, 4)).toBe("within");
    expect(standing({ a: { cpu: 2 }, b: {} }, 3, 4)).toBe("open");
    expect(standing({ a: { cpu: 2 }, b: { cpu: 2 } }, 3, 4)).toBe("over");
    expect(standing({ a: { cpu: 4.5 } }, 3, 4)).toBe("cannot-start");
    expect(standing({ a: { cpu: 4.5 } }, null, 4)).toBe("cannot-start");
    expect(standing({ a: { cpu: 4.5 } }, null, null)).toBe("no-budget");
  });
});
