import { describe, expect, test } from "vitest";
import {
  isIdentified,
  isSameMachine,
  type MachineEvidence,
  sharedByClones,
  stableIdOf,
} from "../../../../src/main/devices/identity/same-machine.ts";

const board: MachineEvidence = {
  boardSerial: "A1",
  macAddresses: ["02:00:00:00:00:01"],
  machineId: "m1",
  hostKeyFingerprint: "SHA256:k1",
  liveBootId: null,
};

function like(change: Partial<MachineEvidence>): MachineEvidence {
  return { ...board, ...change };
}

const nothing = { boardSerial: null, macAddresses: [] };

describe("one machine or two", () => {
  test.each<[string, MachineEvidence, MachineEvidence, boolean]>([
    ["itself", board, board, true],
    ["re-flashed: new key and machine-id", board, like({ machineId: "m2", hostKeyFingerprint: "SHA256:k2" }), true],
    ["cloned card in another board", board, like({ boardSerial: "B2", macAddresses: ["02:00:00:00:00:02"] }), false],
    ["other serial, same dongle", board, like({ boardSerial: "B2" }), false],
    ["same serial, new network card", board, like({ macAddresses: ["02:00:00:00:00:09"] }), true],
    ["serial not readable this time", board, like({ boardSerial: null }), true],
    [
      "no serials, one card of two in common",
      like({ boardSerial: null, macAddresses: ["02:00:00:00:00:01", "02:00:00:00:00:07"] }),
      like({ boardSerial: null }),
      true,
    ],
    [
      "no serials, other cards",
      like({ boardSerial: null }),
      like({ boardSerial: null, macAddresses: ["02:00:00:00:00:02"] }),
      false,
    ],
    ["neither serial nor cards, same key and machine-id", like(nothing), like(nothing), true],
    ["neither serial nor cards, same key only", like(nothing), like({ ...nothing, machineId: "m2" }), false],
    [
      "nothing known at all",
      like({ ...nothing, machineId: null, hostKeyFingerprint: null }),
      like({ ...nothing, machineId: null, hostKeyFingerprint: null }),
      false,
    ],
    ["alive on two addresses", like({ liveBootId: "b" }), like({ liveBootId: "b" }), true],
    ["alive at once under two boots, all else the same", like({ liveBootId: "b" }), like({ liveBootId: "c" }), false],
    [
      "alive at once, one serial on two boards",
      like({ liveBootId: "b" }),
      like({ liveBootId: "b", macAddresses: ["02:00:00:00:00:02"] }),
      false,
    ],
    ["rebooted since it was written down", board, like({ liveBootId: "c" }), true],
  ])("%s", (_, left, right, expected) => {
    expect(isSameMachine(left, right)).toBe(expected);
    expect(isSameMachine(right, left)).toBe(expected);
  });
});

test("what clones share is told", () => {
  expect(sharedByClones(board, like({ boardSerial: "B2" }))).toEqual(["host key", "machine-id"]);
  expect(sharedByClones(board, like({ machineId: "m2" }))).toEqual(["host key"]);
  expect(
    sharedByClones(
      like({ hostKeyFingerprint: null, machineId: null }),
      like({ hostKeyFingerprint: null, machineId: null }),
    ),
  ).toEqual([]);
});

test("an id comes from the board, not from what is on its card", () => {
  expect(stableIdOf(board)).toMatch(/^d-[0-9a-f]{12}$/);
  expect(stableIdOf(like({ machineId: "m2", hostKeyFingerprint: "SHA256:k2", liveBootId: "x" }))).toBe(
    stableIdOf(board),
  );
  expect(stableIdOf(like({ boardSerial: "B2" }))).not.toBe(stableIdOf(board));
  expect(stableIdOf(like({ ...nothing, machineId: "m2" }))).not.toBe(stableIdOf(like(nothing)));
});

test("a machine that tells nothing is not identified", () => {
  expect(isIdentified(like({ ...nothing, machineId: null }))).toBe(false);
  expect(isIdentified(like(nothing))).toBe(true);
});
