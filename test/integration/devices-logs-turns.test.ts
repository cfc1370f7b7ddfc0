/** More logs than there are sessions, on a device whose SSH server forwards nothing: each line once, in order, none silent. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Device } from "../../src/shared/domain/index.ts";
import { bringUpLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { openWorld, trustLabDevice, type World } from "./devices-world.ts";
import { busyboxImage } from "./engines-fixture.ts";

const containers = 9;

let lab: Lab;
let world: World;
let target: LabDevice;
let online: Device;
const stop = new AbortController();

beforeAll(async () => {
  lab = await bringUpLab({ devices: 1, name: "turns", kinds: ["no-forwarding"] });
  const [first] = lab.devices;
  if (first === undefined) throw new Error("The lab has no device.");
  target = first;
});

afterAll(async () => {
  await lab?.down();
});

beforeEach(async () => {
  world = await openWorld({ clientKeyPath: lab.clientKeyPath });
  online = await trustLabDevice(world, target);
});

afterEach(async () => {
  stop.abort();
  await world.close();
});

test("nine logs are read to the last line, also of those that have no session of their own, and their ends are told", async () => {
  expect(online.engine?.via).toBe("dial-stdio");
  const script = "i=0; while [ $i -lt 500 ]; do echo $i; i=$((i+1)); usleep 40000; done; printf end";
  const ids: string[] = [];
  for (let index = 0; index < containers; index += 1) {
    const name = `many-${index}`;
    ids.push((await target.docker(["run", "-d", "--name", name, busyboxImage, "sh", "-c", script])).trim());
  }
  const numbers = new Map<string, string[]>(ids.map((id) => [id, []]));
  const ended = new Set<string>();
  const marks: string[] = [];
  /** Those of which something came while all were still running, and so held what sessions they had. */
  const early = new Set<string>();
  const reading = (async () => {
    const request = { containerIds: ids, tail: 10_000, lagLines: null };
    for await (const batch of world.fleet.logs(online.id, request, stop.signal)) {
      for (const line of batch.lines) {
        numbers.get(line.containerId)?.push(line.text);
        if (ended.size === 0) early.add(line.containerId);
      }
      for (const mark of batch.marks ?? []) marks.push(mark.text);
      for (const id of batch.ended) ended.add(id);
    }
  })();
  await expect.poll(() => ended.size, { timeout: 120_000 }).toBe(containers);
  const whole = [...Array.from({ length: 500 }, (_, i) => String(i)), "end"];
  for (const id of ids) expect(numbers.get(id)).toEqual(whole);
  expect([...early].sort()).toEqual([...ids].sort());
  expect(marks).toEqual([]);
  // What is brief was never kept waiting by them.
  expect((await (await world.fleet.engineOf(online.id)).listContainers()).length).toBeGreaterThanOrEqual(containers);
  stop.abort();
  await reading;
});
