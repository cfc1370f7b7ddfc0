import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RunLogEntry } from "../../src/shared/domain/index.ts";
import { custom, envelopeFolders, forgetOthersContainers, leftContainers, ProfilingBench } from "./profiling-bench.ts";

const bench = new ProfilingBench();
const mebibyte = 1024 * 1024;

beforeAll(() => forgetOthersContainers());
afterAll(() => bench.close());
afterEach(() => {
  expect(envelopeFolders(`test-${process.pid}-`)).toEqual([]);
  expect(leftContainers()).toEqual([]);
});

/** Writes so many MiB into each of its places, prints as it does so, and again 2 MiB into the volume after a second. */
const writer = `
import os, time
def put(path, mib):
    with open(path, "wb") as file:
        for _ in range(mib): file.write(os.urandom(1024 * 1024))
        file.flush()
        os.fsync(file.fileno())
print("password=hunter2hunter2", flush=True)
put("/data/first", 5)
put("/root/outside", 3)
time.sleep(3)
print("second file", flush=True)
put("/data/second", 2)
time.sleep(1000)`;

const hungry = `
import time
time.sleep(1.5)
print("loading the cache", flush=True)
x = bytearray(64 * 1024 * 1024)
time.sleep(1000)`;

describe("storage, wear and logs of a run", () => {
  it("counts images with shared layers once, volumes, what else was written and the caps of logs", async () => {
    const logging = { driver: "json-file", options: { "max-size": "1m", "max-file": "2" } };
    const stack = await bench.stack("writes", {
      writer: { python: writer, volumes: ["/data"], logging },
      idle: { python: "import time; time.sleep(1000)" },
    });
    const logs: RunLogEntry[] = [];
    const result = await bench.profile(stack, [custom("memory=256MiB,cpus=1,storage=8GiB")], {
      steadySeconds: 5,
      onLogs: (entries) => logs.push(...entries),
    });
    const target = result.targets[0];
    const storage = target?.stack.storage;
    const image = await (await bench.engine()).inspectImage("bayplan/gateway-base:1");
    expect(storage?.imagesBytes).toBe(image?.sizeBytes);
    expect(storage?.volumesBytes).toBeGreaterThanOrEqual(7 * mebibyte);
    expect(storage?.volumesBytes).toBeLessThan(7.1 * mebibyte);
    expect(storage?.writableBytes).toBeGreaterThanOrEqual(3 * mebibyte);
    expect(storage?.writableBytes).toBeLessThan(3.2 * mebibyte);
    expect(storage?.logBytes).toBe(2 * mebibyte);
    expect(storage?.unlimitedLogs).toEqual(["idle"]);
    expect(target?.axes.storage).toMatchObject({
      verdict: "fits",
      value: storage?.totalBytes,
      limit: 8 * 1024 * mebibyte,
    });
    const lines = logs.flatMap((entry) => ("text" in entry ? [entry] : []));
    expect(lines.map(({ service, text }) => `${service}: ${text}`)).toEqual([
      "writer: password=••••••",
      "writer: second file",
    ]);
    expect((lines[1]?.atMs ?? 0) - (lines[0]?.atMs ?? 0)).toBeGreaterThan(2_900);
  });

  it("shows what a service printed before it was killed", async () => {
    const stack = await bench.stack("hungry", { app: { python: hungry, restart: "no" } });
    const result = await bench.profile(stack, [custom("memory=32MiB,cpus=1")]);
    const { memory } = result.targets[0]?.axes ?? {};
    expect(memory?.verdict).toBe("does-not-fit");
    expect(memory?.evidence[0]?.lines.map(({ text }) => text)).toEqual(["loading the cache"]);
  });
});
