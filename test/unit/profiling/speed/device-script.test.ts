import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { speedCleanScript, speedScript } from "../../../../src/main/profiling/speed/device-script.ts";

const shells = [["/bin/dash"], ["/usr/bin/busybox", "sh"], ["/bin/busybox", "sh"], ["/bin/bash", "--posix"]].filter(
  ([program]) => program !== undefined && existsSync(program),
);

/** In place of 7-Zip: says what it was asked, and goes on for as long as it is told. */
const program = '#!/bin/sh\necho "asked $*"\nif [ "$1" = long ]; then exec sleep 30; fi\nexit "$1"\n';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bayplan-speed-test-"));
  mkdirSync(join(folder, "tmp"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.each(shells)("the script that measures a device, in %s %s", (...shell) => {
  const [command = "", ...args] = shell.filter((part) => part !== undefined);
  const env = () => ({ PATH: process.env.PATH, TMPDIR: join(folder, "tmp"), HOME: folder });
  const argv = (size: number, ...specs: string[]) => [
    ...args,
    "-c",
    // Only the test's own folders are tried.
    speedScript.replaceAll(/ \/var\/tmp| \/mnt\/data| \/dev\/shm/g, ""),
    "sh",
    String(size),
    "bayplan-speed-ab12",
    ...specs,
  ];
  const places = () => [...readdirSync(join(folder, "tmp")), ...readdirSync(folder).filter((name) => name !== "tmp")];

  it("runs each benchmark, says how it ended, and leaves nothing", async () => {
    const child = spawn(command, argv(program.length, "one=0 -x", "two=3"), { env: env() });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    // Its input stays open, as that of a connection does.
    child.stdin.write(program);
    const code = await new Promise((resolve) => child.once("close", resolve));
    const place = join(folder, "tmp", "bayplan-speed-ab12");
    const lines = [`@place ${place}`, "@begin one", "asked 0 -x", "@end one 0", "@begin two", "asked 3", "@end two 3"];
    expect([code, output.trim().split("\n")]).toEqual([0, lines]);
    expect(places()).toEqual([]);
  });

  it("ends with its connection, and leaves nothing", async () => {
    const child = spawn(command, argv(program.length, "one=long"), { env: env() });
    child.stdin.write(program);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes("asked long")) child.stdin.end();
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect([code, output]).toEqual([130, expect.stringContaining("asked long")]);
    expect(places()).toEqual([]);
  });

  it("says when not all of the program came", () => {
    const { status, stdout } = spawnSync(command, argv(program.length + 10, "one=0"), { env: env(), input: program });
    expect([status, String(stdout)]).toEqual([4, expect.stringContaining("@short")]);
    expect(places()).toEqual([]);
  });

  it("says where there is no room", () => {
    const { status, stdout } = spawnSync(command, argv(2 ** 50, "one=0"), { env: env(), input: "" });
    expect([status, String(stdout).trim()]).toEqual([3, `@nowhere full= ${join(folder, "tmp")} ${folder} noexec=`]);
    expect(places()).toEqual([]);
  });

  it("removes what it could not remove itself", () => {
    mkdirSync(join(folder, "tmp", "bayplan-speed-ab12"));
    const { status } = spawnSync(command, [...args, "-c", speedCleanScript, "sh", "bayplan-speed-ab12"], {
      env: env(),
    });
    expect([status, places()]).toEqual([0, []]);
  });
});
