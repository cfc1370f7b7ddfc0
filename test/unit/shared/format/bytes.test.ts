import { describe, expect, test } from "vitest";
import { bytesText, memoryUse, mibText } from "../../../../src/shared/format/bytes.ts";

const mib = 1024 ** 2;
const gib = 1024 ** 3;

describe("bytes", () => {
  test.each([
    [0, "0"],
    [4.2 * mib, "4.2"],
    [9.94 * mib, "9.9"],
    [9.96 * mib, "10"],
    [352.4 * mib, "352"],
    [7490 * mib, "7,490"],
  ])("%d bytes are %s MiB", (bytes, text) => {
    expect(mibText(bytes)).toBe(text);
  });

  test.each([
    [12, "12 B"],
    [640 * 1024, "640 KiB"],
    [906 * mib, "906 MiB"],
    [1.79 * gib, "1.79 GiB"],
    [31.2 * gib, "31.2 GiB"],
    [238 * gib, "238 GiB"],
  ])("%d bytes with their unit are %s", (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  test("used and total share the unit of the total", () => {
    expect(memoryUse(797 * mib, 906 * mib)).toEqual({ used: "797", total: "906", unit: "MiB" });
    expect(memoryUse(600 * mib, 1.85 * gib)).toEqual({ used: "0.59", total: "1.85", unit: "GiB" });
  });
});
