import { describe, expect, test } from "vitest";
import { checkCustom, requestedTargets } from "../../../../src/renderer/stacks/targets-store.ts";
import { yamlPieces } from "../../../../src/renderer/stacks/yaml-line.ts";

const kinds = (line: string) => yamlPieces(line).map(({ kind, text }) => `${kind}:${text}`);

describe("yamlPieces", () => {
  test.each([
    ["# all", ["comment:# all"]],
    ["  image: plant/x:1 # pinned", ["plain:  ", "key:image:", "value: plant/x:1 ", "comment:# pinned"]],
    ['  cmd: "a # b"', ["plain:  ", "key:cmd:", 'value: "a # b"']],
    ["  - http://x#y", ["value:  - http://x#y"]],
    ["", []],
  ])("%j", (line, pieces) => {
    expect(kinds(line)).toEqual(pieces);
  });

  test("loses nothing of the line", () => {
    for (const line of ["a: b: c # d", "  - key: 'it''s # here' # no", "\t", "- - x: 1"]) {
      expect(
        yamlPieces(line)
          .map((piece) => piece.text)
          .join(""),
      ).toBe(line);
    }
  });
});

describe("a custom budget", () => {
  test("figures that are left out stay unknown, both left out is refused", () => {
    expect(checkCustom({ memoryMiB: "256", cpuCores: "" })).toEqual({
      ok: true,
      target: { kind: "custom", memoryBytes: 256 * 1024 ** 2, cpuCores: null, storageBytes: null },
    });
    expect(checkCustom({ memoryMiB: " ", cpuCores: "" })).toMatchObject({ ok: false, field: "memoryMiB" });
    expect(checkCustom({ memoryMiB: "1", cpuCores: "-1" })).toMatchObject({ ok: false, field: "cpuCores" });
    expect(checkCustom({ memoryMiB: "1", cpuCores: "0,5" })).toMatchObject({ ok: true, target: { cpuCores: 0.5 } });
  });

  test("an unreadable one is not asked for", () => {
    const targets = requestedTargets({ named: ["rpi-5"], customOn: true, custom: { memoryMiB: "x", cpuCores: "" } });
    expect(targets).toEqual([{ kind: "named", name: "rpi-5" }]);
  });
});
