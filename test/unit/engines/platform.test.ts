import { expect, test } from "vitest";
import { emulationIn } from "../../../src/main/engines/emulation/binfmt.ts";
import { isPlatform, parsePlatform, runsNatively } from "../../../src/main/engines/platform.ts";

test.each([
  ["linux/arm64", "linux", "arm64", ""],
  ["linux/arm64/v8", "linux", "arm64", ""],
  ["linux/aarch64", "linux", "arm64", ""],
  ["arm64", "linux", "arm64", ""],
  ["linux/arm/v7", "linux", "arm", "v7"],
  ["linux/armv6l", "linux", "arm", "v6"],
  ["Linux/x86_64", "linux", "amd64", ""],
])("%s", (text, os, architecture, variant) => {
  expect(parsePlatform(text)).toEqual({ os, architecture, variant });
});

test.each(["", "linux/", "a/b/c/d", "linux/arm 64", "linux/$x"])("%j is no platform", (text) => {
  expect(parsePlatform(text)).toBeNull();
});

test.each([
  ["linux/arm64", "linux/arm64/v8", true],
  ["linux/arm64", "linux/amd64", false],
  ["linux/arm/v6", "linux/arm/v7", true],
  ["linux/arm/v7", "linux/arm/v6", false],
  ["linux/arm", "linux/arm/v6", true],
  ["windows/amd64", "linux/amd64", false],
])("an image for %s is what %s asks for: %s", (image, wanted, is) => {
  expect(isPlatform(image, wanted)).toBe(is);
});

test.each([
  ["linux/386", "linux/amd64", true],
  ["linux/arm/v7", "linux/arm64", true],
  ["linux/arm64", "linux/arm/v7", false],
  ["linux/amd64", "linux/386", false],
])("an image for %s runs on %s: %s", (image, processor, runs) => {
  expect(runsNatively(image, processor)).toBe(runs);
});

const entry = (name: string, flags: string, machine: string) =>
  `${name}\ninterpreter /usr/bin/qemu\nflags: ${flags}\noffset 0\nmagic 7f454c4602010100000000000000000002${"00"}${machine}\nmask ff\n`;

test("an emulator is known by what it looks for, and counts when it is on and containers find it", () => {
  expect(emulationIn([], "arm64")).toBe("missing");
  expect(emulationIn([entry("enabled", "F", "f300"), ""], "arm64")).toBe("missing");
  expect(emulationIn([entry("disabled", "F", "b700")], "arm64")).toBe("missing");
  expect(emulationIn([entry("enabled", "OC", "b700")], "arm64")).toBe("no-fix");
  expect(emulationIn([entry("enabled", "", "b700"), entry("enabled", "POCF", "b700")], "arm64")).toBe("ready");
  expect(emulationIn([], "loong64")).toBe("unknown");
});
