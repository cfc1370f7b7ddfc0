/** A port of a real device, opened here through its SSH connection. */

import { get } from "node:http";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Device } from "../../src/shared/domain/index.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { openWorld, trustLabDevice, type World } from "./devices-world.ts";
import { busyboxImage } from "./engines-fixture.ts";

let lab: Lab;
let isOurs = false;
let world: World;
let target: LabDevice;
let online: Device;

function body(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("latin1");
      answer.on("data", (part: string) => {
        text += part;
      });
      answer.on("end", () => resolve(text));
    }).on("error", reject);
  });
}

beforeAll(async () => {
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 1, reuse: true });
  const [first] = lab.devices;
  if (first === undefined) throw new Error("The lab has no device.");
  target = first;
  const script =
    "mkdir /w; echo hello from the device >/w/index.html; head -c 3000000 /dev/zero | tr '\\0' z >/w/big; httpd -f -p 80 -h /w";
  await target.docker(["run", "-d", "--name", "web", "-p", "8089:80", busyboxImage, "sh", "-c", script]);
});

afterAll(async () => {
  await target.docker(["rm", "-f", "web"]);
  if (isOurs) await lab.down();
});

beforeEach(async () => {
  world = await openWorld({ clientKeyPath: lab.clientKeyPath });
  online = await trustLabDevice(world, target);
});

afterEach(() => world.close());

async function webId(): Promise<string> {
  const engine = await world.fleet.engineOf(online.id);
  return (await engine.listContainers()).find((one) => one.name === "web")?.id ?? "";
}

test("a container's port answers on 127.0.0.1, many at once and whole, and again after a break of the connection", async () => {
  const opened = await world.fleet.openPort(online.id, { port: 80, containerId: await webId(), localPort: null });
  expect(opened).toMatchObject({ port: 80, localPort: 8089, url: "http://127.0.0.1:8089/" });
  expect(await body(opened.url)).toBe("hello from the device\n");
  const many = await Promise.all(Array.from({ length: 30 }, () => body(`${opened.url}big`)));
  expect(many.map((text) => text.length)).toEqual(many.map(() => 3_000_000));
  const again = await world.fleet.openPort(online.id, { port: 80, containerId: await webId(), localPort: null });
  expect(again.id).toBe(opened.id);
  await target.sh("for p in $(pgrep -x sshd); do [ $p = $(cat /run/sshd.pid) ] || kill -9 $p; done");
  await expect.poll(() => body(opened.url).catch(() => ""), { timeout: 15_000 }).toBe("hello from the device\n");
  expect(await world.fleet.closePort(opened.id)).toBe(true);
  expect(await world.fleet.closePort(opened.id)).toBe(false);
  await expect(body(opened.url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  expect(world.fleet.ports()).toEqual([]);
});

test("a port of the device is open until the device is forgotten; open connections end with it", async () => {
  const opened = await world.fleet.openPort(online.id, { port: 8089, containerId: null, localPort: null });
  expect(await body(opened.url)).toBe("hello from the device\n");
  await world.fleet.forget(online.id);
  await expect.poll(() => world.fleet.ports()).toEqual([]);
  await expect(body(opened.url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("what is in the way is said: a local port in use, nothing that listens, not published, a server that does not forward", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(8089, "127.0.0.1", resolve));
  const open = (port: number, localPort: number | null = null) =>
    world.fleet.openPort(online.id, { port, containerId: null, localPort });
  await expect(open(8089, 8089)).rejects.toMatchObject({
    code: "conflict",
    message: "Port 8089 of this machine is in use.",
  });
  const other = await open(8089);
  expect(other.localPort).not.toBe(8089);
  expect(await body(other.url)).toBe("hello from the device\n");
  await new Promise((resolve) => taken.close(resolve));
  await expect(open(4711)).rejects.toMatchObject({
    code: "unreachable",
    message: expect.stringContaining("Nothing answers at 127.0.0.1:4711"),
  });
  const unpublished = world.fleet.openPort(online.id, { port: 81, containerId: await webId(), localPort: null });
  await expect(unpublished).rejects.toMatchObject({
    code: "unsupported",
    hint: expect.stringContaining("It publishes 80."),
  });
  await target.setSshdOption("AllowTcpForwarding", "no");
  try {
    await world.until(target.name, "connected again", (one) => ["online", "engine-down"].includes(one.state), 20_000);
    await expect(open(8090)).rejects.toMatchObject({
      code: "unsupported",
      hint: expect.stringContaining("AllowTcpForwarding"),
    });
  } finally {
    await target.setSshdOption("AllowTcpForwarding", "yes");
  }
});
