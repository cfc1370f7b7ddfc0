import { describe, expect, it } from "vitest";
import { recogniseModel } from "../../../src/main/profiling/budget/catalogue.ts";
import {
  budgetOfDevice,
  budgetOfModel,
  customBudget,
  findModel,
  loadModels,
  parseBudgetText,
} from "../../../src/main/profiling/index.ts";
import { AppError, type Device, defaultRules, deviceIdSchema } from "../../../src/shared/domain/index.ts";

const mebibyte = 2 ** 20;

describe("the catalogue", () => {
  it("is valid, and its ids are unique", async () => {
    const models = await loadModels();
    expect(models.length).toBeGreaterThan(50);
    expect(new Set(models.map((model) => model.id)).size).toBe(models.length);
  });

  it("finds a model by id and by name", async () => {
    expect((await findModel("rpi-4b-2gb")).name).toBe("Raspberry Pi 4 Model B 2GB");
    expect((await findModel("raspberry pi 4 model b 2gb")).id).toBe("rpi-4b-2gb");
  });

  it("hints at near names when there is none", async () => {
    const error: unknown = await findModel("rpi4b-2gb").catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: "not-found" });
    expect(error).toHaveProperty("hint", expect.stringContaining("rpi-4b-2gb"));
  });

  it("recognises a board by what its device tree says, of the next size up", async () => {
    const models = await loadModels();
    const pi = "Raspberry Pi 4 Model B Rev 1.4";
    expect(recogniseModel(models, pi, 1853 * mebibyte)?.id).toBe("rpi-4b-2gb");
    expect(recogniseModel(models, pi, 3800 * mebibyte)?.id).toBe("rpi-4b-4gb");
    expect(recogniseModel(models, "Raspberry Pi 3 Model B Plus Rev 1.3", 909 * mebibyte)?.id).toBe("rpi-3b-plus");
    expect(recogniseModel(models, "Raspberry Pi 3 Model B Rev 1.2", 909 * mebibyte)?.id).toBe("rpi-3b");
    expect(recogniseModel(models, "Standard PC (Q35 + ICH9, 2009)", 909 * mebibyte)).toBeNull();
  });
});

describe("a model's budget", () => {
  it("is usable memory less the system's share, and multi over single cores", async () => {
    const budget = budgetOfModel(await findModel("particle-tachyon-4gb"));
    expect(budget.memoryBytes).toBe((3280 - 200) * mebibyte);
    expect(budget.cpuCores).toBeCloseTo(17920 / 3871, 9);
    expect(budget.cpus).toBe(8);
  });

  it("falls back to 0.85 x nominal where no usable size is published", async () => {
    const budget = budgetOfModel(await findModel("beaglebone-black"));
    expect(budget.memoryBytes).toBe(Math.floor((0.85 * 512 - 200) * mebibyte));
    expect(budget.memorySource).toContain("85% of 512 MiB");
    expect(budget.cpuCores).toBeNull();
    expect(budget.cpuSource).toContain("No benchmark");
  });

  it("is null where nothing is known", async () => {
    expect(budgetOfModel(await findModel("telemetryos-node-pro"))).toMatchObject({ memoryBytes: null, cpuCores: null });
  });

  it("uses the rules it is given", async () => {
    const rules = { ...defaultRules, osShareBytes: 0 };
    expect(budgetOfModel(await findModel("rpi-4b-2gb"), rules).memoryBytes).toBe(1853 * mebibyte);
  });
});

function device(model: string | null): Device {
  return {
    id: deviceIdSchema.parse("d"),
    name: "press-line-07",
    state: "online",
    trouble: null,
    stateSinceMs: 0,
    target: { user: "pi", host: "h", port: 22 },
    addresses: [],
    sources: ["added"],
    services: [],
    announcedModel: null,
    sshAlias: null,
    remembered: true,
    stale: false,
    hostKey: { trust: "pinned", offered: null, pinned: null },
    facts: {
      hostName: "h",
      model,
      boardSerial: null,
      machineId: null,
      macAddresses: [],
      osId: null,
      osName: null,
      kernel: null,
      arch: "aarch64",
      cpuCores: 4,
      memoryTotalBytes: 1900 * mebibyte,
      swapTotalBytes: 0,
      diskTotalBytes: null,
      diskFreeBytes: 5,
      temperatureCelsius: null,
      uptimeSeconds: null,
      cgroupVersion: 2,
      memoryControllerOn: true,
      compatible: [],
      vendor: null,
      boardName: null,
      osVariant: null,
      imageName: null,
      engineSockets: [],
    },
    factsAtMs: 0,
    engine: null,
    findings: [],
    lastSeenAtMs: 0,
  };
}

describe("a device's budget", () => {
  it("is its own MemTotal less the system and other stacks, with its board's speed", async () => {
    const budget = await budgetOfDevice(device("Raspberry Pi 4 Model B Rev 1.4"), { otherStacksBytes: 100 * mebibyte });
    expect(budget.memoryBytes).toBe(1600 * mebibyte);
    expect(budget.singleCoreScore).toBe(1661);
    expect(budget.name).toBe("press-line-07 (Raspberry Pi 4 Model B 2GB)");
  });

  it("has an unknown CPU, with the reason, when the board is not in the catalogue", async () => {
    const budget = await budgetOfDevice(device("Standard PC"));
    expect(budget.cpuCores).toBeNull();
    expect(budget.cpuSource).toBe("Standard PC is not in the catalogue, so its speed is not known.");
    expect((await budgetOfDevice(device(null))).cpuCores).toBeNull();
  });

  it("cannot be told before the device was reached", async () => {
    await expect(budgetOfDevice({ ...device(null), facts: null })).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("a custom budget", () => {
  it("is read from text, in any order", () => {
    expect(parseBudgetText("memory=256MiB,cpus=0.5,storage=4GiB")).toEqual({
      kind: "custom",
      memoryBytes: 256 * mebibyte,
      cpuCores: 0.5,
      storageBytes: 4 * 2 ** 30,
    });
    expect(parseBudgetText("cpus=.5, memory=256m")).toMatchObject({ memoryBytes: 256 * mebibyte, cpuCores: 0.5 });
  });

  it("refuses what is not one", () => {
    for (const text of [
      "",
      "memory",
      "memory=",
      "memory=x",
      "memory=0",
      "cpus=-1",
      "cpus=1e3",
      "cpus=0",
      "disk=1g",
      "cpus=1,cpus=2",
      "memory=1=2",
    ]) {
      expect(() => parseBudgetText(text), text).toThrow(AppError);
    }
  });

  it("has cores of this machine, and needs one figure at least", () => {
    const budget = customBudget(parseBudgetText("cpus=0.5"));
    expect(budget).toMatchObject({
      kind: "custom",
      cpuCores: 0.5,
      memoryBytes: null,
      memorySource: "No memory was given.",
    });
    expect(budget.cpuSource).toContain("ratio 1");
    const nothing = { kind: "custom", memoryBytes: null, cpuCores: null, storageBytes: null } as const;
    expect(() => customBudget(nothing)).toThrow(AppError);
  });
});
