import { describe, expect, test } from "vitest";
import { inOrder, inSegment, matchesFilter } from "../../../../src/renderer/devices/wall-order.ts";
import { aDevice } from "../samples.ts";

const finding = { rule: "device.x", severity: "warning" as const, message: "m", hint: null, place: null };
const wall = [
  aDevice({ name: "b-10" }),
  aDevice({ name: "b-9" }),
  aDevice({ name: "off", state: "unreachable" }),
  aDevice({ name: "warned", findings: [finding] }),
  aDevice({ name: "failing", findings: [{ ...finding, severity: "error" }] }),
  aDevice({ name: "changed", state: "key-changed" }),
];

describe("the wall", () => {
  test("puts what needs a person first, then counts as people do", () => {
    expect(inOrder(wall, "problems").map((device) => device.name)).toEqual([
      "changed",
      "failing",
      "warned",
      "b-9",
      "b-10",
      "off",
    ]);
    expect(inOrder(wall, "name").map((device) => device.name)).toEqual([
      "b-9",
      "b-10",
      "changed",
      "failing",
      "off",
      "warned",
    ]);
  });

  test("segments share no device and leave the healthy ones to All", () => {
    const names = (segment: "problems" | "offline" | "new") =>
      wall.filter((device) => inSegment(device, segment)).map((device) => device.name);
    expect(names("problems")).toEqual(["warned", "failing", "changed"]);
    expect(names("offline")).toEqual(["off"]);
    expect(names("new")).toEqual([]);
  });

  test("a filter needs every word, in any case, in name or address", () => {
    expect(matchesFilter(aDevice({ name: "Press-07" }), "press 10.0.0")).toBe(true);
    expect(matchesFilter(aDevice({ name: "Press-07" }), "press 11.0.0")).toBe(false);
  });
});
