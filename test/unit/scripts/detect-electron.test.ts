import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { detectElectron, type Machine } from "../../../scripts/detect-electron.ts";

describe("detectElectron", () => {
  let folder: string;
  let machine: Machine;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bayplan-electron-"));
    machine = { platform: "linux", uid: 1000, packageFolder: folder };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function install(): string {
    mkdirSync(join(folder, "dist"));
    writeFileSync(join(folder, "dist", "electron"), "");
    writeFileSync(join(folder, "path.txt"), "electron");
    return join(folder, "dist", "electron");
  }

  test("finds the binary with a display of either kind", () => {
    const path = install();
    for (const env of [{ DISPLAY: ":0" }, { WAYLAND_DISPLAY: "wayland-0" }])
      expect(detectElectron(env, machine)).toEqual({ usable: true, path, args: [] });
  });

  test("needs the package, the binary and a display, in this order", () => {
    expect(detectElectron({}, { ...machine, packageFolder: null })).toMatchObject({
      usable: false,
      missingBinary: false,
      reason: expect.stringContaining("package"),
    });
    expect(detectElectron({ DISPLAY: ":0" }, machine)).toMatchObject({ usable: false, missingBinary: true });
    const path = install();
    expect(detectElectron({ DISPLAY: "" }, machine)).toMatchObject({
      usable: false,
      missingBinary: false,
      reason: expect.stringContaining("WAYLAND_DISPLAY"),
    });
    rmSync(path);
    expect(detectElectron({ DISPLAY: ":0" }, machine)).toMatchObject({ usable: false, missingBinary: true });
  });

  test("a display is asked for on Linux only, and root needs a flag there", () => {
    const path = install();
    expect(detectElectron({}, { ...machine, platform: "darwin", uid: 501 })).toEqual({ usable: true, path, args: [] });
    expect(detectElectron({}, { ...machine, platform: "win32", uid: null })).toMatchObject({ usable: true, args: [] });
    expect(detectElectron({ DISPLAY: ":0" }, { ...machine, uid: 0 })).toMatchObject({ args: ["--no-sandbox"] });
  });

  test("honours the folder that overrides the package's own", () => {
    const own = join(folder, "elsewhere");
    mkdirSync(own);
    const env = { DISPLAY: ":0", ELECTRON_OVERRIDE_DIST_PATH: own };
    expect(detectElectron(env, machine)).toMatchObject({ missingBinary: true });
    writeFileSync(join(own, "electron"), "");
    expect(detectElectron(env, machine)).toMatchObject({ usable: true, path: join(own, "electron") });
  });
});
