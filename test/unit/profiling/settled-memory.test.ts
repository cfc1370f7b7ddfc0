import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { heldBytesOf, readHeldBytes, tmpfsMounts } from "../../../src/main/profiling/sampling/held-memory.ts";
import { settleMemory } from "../../../src/main/profiling/sampling/settled-memory.ts";

const mib = 1024 * 1024;

describe("figures that do not add up", () => {
  const settle = (counted: number, cache: number, usage: number, held: number | null, kernel = 1) =>
    settleMemory(
      { memoryBytes: counted * mib, kernelBytes: kernel * mib, cacheBytes: cache * mib, otherBytes: 0 },
      usage * mib,
      held === null ? null : held * mib,
      4 * mib,
    );

  it("are cache as far as no process holds them: 63 MiB used, none of it in memory.stat", () => {
    expect(settle(3, 0, 63, 6)).toEqual({ memoryBytes: 7 * mib, cacheBytes: 56 * mib, fromProcesses: true });
  });

  it("are need where the processes hold them, up to all that was used", () => {
    expect(settle(3, 0, 63, 58)).toEqual({ memoryBytes: 59 * mib, cacheBytes: 4 * mib, fromProcesses: true });
    // Pages that 20 children share are counted 20 times.
    expect(settle(3, 10, 63, 900)).toEqual({ memoryBytes: 53 * mib, cacheBytes: 10 * mib, fromProcesses: true });
  });

  it("never make need less than the statistics say", () => {
    expect(settle(30, 0, 63, 6).memoryBytes).toBe(30 * mib);
  });

  it("are left as they are within what the kernel may keep back, and when nobody can tell", () => {
    const asRead = { memoryBytes: 3 * mib, cacheBytes: 56 * mib, fromProcesses: false };
    expect(settle(3, 56, 63, 60)).toEqual(asRead);
    expect(settle(3, 56, 90, null)).toEqual(asRead);
  });

  it("leave what the kernel gives back besides out of both", () => {
    const parts = { memoryBytes: 3 * mib, kernelBytes: mib, cacheBytes: 0, otherBytes: 20 * mib };
    expect(settleMemory(parts, 63 * mib, 6 * mib, 4 * mib)).toEqual({
      memoryBytes: 7 * mib,
      cacheBytes: 36 * mib,
      fromProcesses: true,
    });
  });
});

describe("what processes hold", () => {
  it("is anonymous, shared and swapped memory of their status", () => {
    const status =
      "Name:\tRssAnon: 9 kB\nRssAnon:\t    1000 kB\nRssFile:\t 5000 kB\nRssShmem:\t  20 kB\nVmSwap:\t   4 kB\n";
    expect(heldBytesOf(status)).toBe(1024 * 1024);
  });

  it("and the files of each tmpfs that they see, once", () => {
    const text = [
      "31 25 0:27 / / rw - overlay overlay rw",
      "40 31 0:50 / /dev/shm rw,nosuid - tmpfs shm rw,size=65536k",
      "41 31 0:51 / /a\\040b rw - tmpfs tmpfs rw",
      "",
    ].join("\n");
    expect(tmpfsMounts(text)).toEqual([
      { device: "0:50", folder: "/dev/shm" },
      { device: "0:51", folder: "/a b" },
    ]);
  });

  it("is read of a real process, and is not known when one is out of sight", () => {
    const folder = mkdtempSync(join(tmpdir(), "bayplan-held-"));
    try {
      const ballast = Buffer.alloc(64 * mib, 1);
      writeFileSync(join(folder, "cgroup.procs"), `${process.pid}\n`);
      expect(readHeldBytes([folder])).toBeGreaterThan(ballast.length);
      writeFileSync(join(folder, "cgroup.procs"), `${process.pid}\n0\n`);
      expect(readHeldBytes([folder])).toBeNull();
      expect(readHeldBytes([join(folder, "gone")])).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
