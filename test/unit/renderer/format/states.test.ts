import { describe, expect, test } from "vitest";
import { containerWords, countByState } from "../../../../src/renderer/format/container-state.ts";
import { deviceGlyph, deviceKind, deviceStateWord } from "../../../../src/renderer/format/device-state.ts";
import { aContainer, aDevice } from "../samples.ts";

describe("device states", () => {
  test("a key that changed is said before anything else", () => {
    const device = aDevice({ state: "unreachable", hostKey: { trust: "changed", offered: null, pinned: null } });
    expect(deviceKind(device)).toBe("changed-key");
    expect(deviceGlyph(device)).toBe("dead");
  });

  test("an untrusted device is new while it answers and offline when it does not", () => {
    const hostKey = { trust: "new" as const, offered: null, pinned: null };
    expect(deviceStateWord(aDevice({ state: "connecting", remembered: false, hostKey }))).toBe("New");
    expect(deviceKind(aDevice({ state: "gone", remembered: false, hostKey }))).toBe("offline");
  });

  test("a note is no problem, a warning is", () => {
    const finding = { rule: "device.x", message: "m", hint: null, place: null };
    expect(deviceKind(aDevice({ findings: [{ ...finding, severity: "info" }] }))).toBe("online");
    expect(deviceKind(aDevice({ findings: [{ ...finding, severity: "warning" }] }))).toBe("problem");
    expect(deviceGlyph(aDevice({ findings: [{ ...finding, severity: "error" }] }))).toBe("dead");
  });
});

describe("container states", () => {
  test.each([
    [{ health: "unhealthy" as const }, "warn", "unhealthy"],
    [{ state: "exited" as const, exitCode: 0 }, "off", "stopped"],
    [{ state: "exited" as const, exitCode: 143 }, "off", "stopped"],
    [{ state: "exited" as const, exitCode: 137, oomKilled: true }, "dead", "failed"],
    [{ state: "exited" as const, exitCode: 1 }, "dead", "failed"],
    [{ state: "restarting" as const }, "half", "restarting"],
  ])("%o is shown as %s, %s", (change, shape, word) => {
    expect(containerWords(aContainer(change))).toEqual({ shape, word });
  });

  test("counts put running first and failures before the quiet ones", () => {
    const list = [
      aContainer({ state: "exited", exitCode: 0 }),
      aContainer({ state: "exited", exitCode: 2 }),
      aContainer({}),
      aContainer({}),
    ];
    expect(countByState(list).map(({ word, count }) => `${count} ${word}`)).toEqual([
      "2 running",
      "1 failed",
      "1 stopped",
    ]);
  });
});
