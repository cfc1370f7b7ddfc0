/** Samples of a real device at the pace of whoever looks, and of one whose kernel counts no memory for containers. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { ContainerSample, Device, DeviceSample } from "../../src/shared/domain/index.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { openWorld, trustLabDevice, type World } from "./devices-world.ts";
import { busyboxImage } from "./engines-fixture.ts";
import { Followers } from "./follow.ts";

const mib = 1024 ** 2;
let lab: Lab;
let isOurs = false;
let world: World;
let target: LabDevice;
let online: Device;
const followers = new Followers();

/** Collects the samples of the device until `end`. */
function watchAt(intervalMs: number): { samples: DeviceSample[]; end: () => void } {
  const samples: DeviceSample[] = [];
  const { end } = followers.follow(
    (signal) => world.fleet.samples([online.id], intervalMs, signal),
    (batch) => samples.push(...batch.samples),
  );
  return { samples, end };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 1, reuse: true });
  const [first] = lab.devices;
  if (first === undefined) throw new Error("The lab has no device.");
  target = first;
});

afterAll(async () => {
  if (isOurs) await lab.down();
});

beforeEach(async () => {
  world = await openWorld({ clientKeyPath: lab.clientKeyPath });
  online = await trustLabDevice(world, target);
});

afterEach(async () => {
  expect(followers.endAll()).toEqual([]);
  await world.close();
  const left = (await target.docker(["ps", "-aq"])).split("\n").filter((id) => id !== "");
  if (left.length > 0) await target.docker(["rm", "-f", ...left]);
});

test("the fastest reader decides how often a device is read, each gets its own pace, and it is slow again when it leaves", async () => {
  const background = watchAt(1_000);
  await expect.poll(() => background.samples.length, { timeout: 10_000 }).toBeGreaterThan(1);
  const page = watchAt(100);
  await wait(4_000);
  const fast = page.samples.length;
  page.end();
  expect(fast).toBeGreaterThan(25);
  const gaps = background.samples.slice(1).map((one, index) => one.atMs - (background.samples[index]?.atMs ?? 0));
  // At its own pace while another one looks closely: never faster than it asked.
  expect(Math.min(...gaps)).toBeGreaterThan(800);
  const before = background.samples.length;
  await wait(4_000);
  const after = background.samples.length - before;
  expect(after).toBeGreaterThanOrEqual(3);
  expect(after).toBeLessThanOrEqual(5);
});

test("a device without the memory controller gives what its processes hold, says so, and shows no limit", async () => {
  // Ten MiB of its own in a shell variable.
  const command = ["sh", "-c", "x=$(head -c 10485760 /dev/zero | tr '\\0' x); while :; do sleep 1; done"];
  const id = (await target.docker(["run", "-d", "--memory", "64m", busyboxImage, ...command])).trim();
  const sampleOf = async (wanted: (one: ContainerSample) => boolean): Promise<ContainerSample> => {
    const watched = watchAt(200);
    const found = () => watched.samples.at(-1)?.containers.find((one) => one.containerId === id && wanted(one)) ?? null;
    await expect.poll(found, { timeout: 20_000 }).not.toBeNull();
    watched.end();
    const one = found();
    if (one === null) throw new Error("There is no such sample.");
    return one;
  };
  const counted = await sampleOf((one) => (one.memoryBytes ?? 0) > 9 * mib);
  expect(counted).toMatchObject({ memoryLimitBytes: 64 * mib });
  expect(counted.memorySource).toBeUndefined();
  await target.sh("umount /sys/fs/cgroup/memory");
  try {
    // Its shell reads where the controllers are when it starts.
    await target.sh("for p in $(pgrep -x sshd); do [ $p = $(cat /run/sshd.pid) ] || kill -9 $p; done");
    const summed = await sampleOf((one) => one.memorySource === "rss" && (one.memoryBytes ?? 0) > 0);
    expect(summed.memoryLimitBytes).toBeNull();
    expect(summed.cpuLimitCores).toBe(counted.cpuLimitCores);
    const difference = Math.abs((summed.memoryBytes ?? 0) - (counted.memoryBytes ?? 0));
    // The kernel's own share of a container (page tables, stacks) is not in it.
    expect(difference).toBeLessThan(2 * mib);
  } finally {
    await target.sh("mount -t cgroup -o memory cgroup /sys/fs/cgroup/memory");
  }
});
