import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parsePressure } from "../../../src/main/profiling/sampling/pressure.ts";
import {
  ProcessCounters,
  parseNetworkBytes,
  parseProcessIo,
} from "../../../src/main/profiling/sampling/process-counters.ts";

const folder = mkdtempSync(join(tmpdir(), "bayplan-counters-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A service whose cgroup holds these processes. */
function serviceOf(...pids: (number | undefined)[]): ProcessCounters {
  hold(...pids);
  return new ProcessCounters(new Map([["app", () => [folder]]]));
}

function hold(...pids: (number | undefined)[]): void {
  writeFileSync(join(folder, "cgroup.procs"), pids.map((pid) => `${pid}\n`).join(""));
}

test("bytes of a process are those that it made dirty less those that were never written", () => {
  const text =
    "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 4096\nwrite_bytes: 12288\ncancelled_write_bytes: 8192\n";
  expect(parseProcessIo(text)).toEqual({ in: 4096, out: 4096 });
  expect(() => parseProcessIo("read_bytes: x")).toThrow(RangeError);
});

test("bytes of a network are those of all interfaces but the loop", () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     500       5    0    0    0     0          0         0      500       5    0    0    0     0       0          0
  eth0:    1000      10    0    0    0     0          0         0     2000      20    0    0    0     0       0          0
  eth1:7 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0
`;
  expect(parseNetworkBytes(text)).toEqual({ in: 1007, out: 2009 });
});

test("pressure is read as the kernel writes it", () => {
  const text =
    "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=250000\n";
  expect([parsePressure(text, "some"), parsePressure(text, "full")]).toEqual([1.5, 0.25]);
  expect(parsePressure("", "some")).toBeNull();
});

test("what is gone counts nothing, and a network of this machine is nobody's own", () => {
  expect(
    serviceOf(2 ** 22 - 1)
      .read()
      .get("app"),
  ).toMatchObject({ processes: 0, writtenBytes: 0, receivedBytes: null });
  expect(serviceOf(process.pid).read().get("app")).toMatchObject({
    processes: 1,
    receivedBytes: null,
    sentBytes: null,
  });
});

test("what a process wrote stays when it ends, whether its parent is of the service or not", async () => {
  // The shell is the service's; `dd` is its child and is waited for.
  const script = "read go; dd if=/dev/zero of=$0 bs=1M count=3 conv=fsync 2>/dev/null; echo done; read go";
  const shell = spawn("sh", ["-c", script, join(folder, "written")], { stdio: ["pipe", "pipe", "ignore"] });
  const counters = serviceOf(shell.pid);
  const from = counters.read().get("app")?.writtenBytes ?? Number.NaN;
  shell.stdin.write("\n");
  await once(shell.stdout, "data");
  const written = (counters.read().get("app")?.writtenBytes ?? Number.NaN) - from;
  shell.stdin.end("\n");
  await once(shell, "close");
  hold();
  const after = (counters.read().get("app")?.writtenBytes ?? Number.NaN) - from;
  expect(after).toBe(written);
  // Where the folder is on a tmpfs, or a sandbox counts no writes, there is nothing to see.
  if (written > 0) expect(written).toBeGreaterThanOrEqual(3 * 1024 * 1024);
});
