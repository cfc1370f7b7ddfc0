/** Knocking at real sockets of the loopback network. */
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { SightingEvent } from "../../../../src/main/devices/discovery-source.ts";
import { bannerIn, knock } from "../../../../src/main/devices/subnet-probe/knock.ts";
import { probeSource } from "../../../../src/main/devices/subnet-probe/probe-source.ts";
import type { SearchLimits } from "../../../../src/main/devices/subnet-probe/search.ts";
import type { ProbeUpdate } from "../../../../src/shared/domain/index.ts";

const limits: SearchLimits = { concurrent: 8, perSecond: 500, connectMs: 300, bannerMs: 300 };
const never = new AbortController().signal;

const servers: Server[] = [];
const open = new Set<Socket>();
let most = 0;

function listen(host: string, port: number, onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    open.add(socket);
    most = Math.max(most, open.size);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  servers.push(server);
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

afterEach(async () => {
  for (const socket of open) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  most = 0;
});

const ask = (host: string, port: number) => knock(host, port, { connectMs: 300, bannerMs: 300, signal: never });

test("an SSH server is known by its first line, even behind a greeting and in pieces", async () => {
  const port = await listen("127.77.0.1", 0, (socket) => {
    socket.write("Authorised use only.\r\nSSH-2.0-Open");
    setTimeout(() => socket.write("SSH_9.2p1 Debian\u001b[31m\r\n"), 20);
  });
  expect(await ask("127.77.0.1", port)).toEqual({ kind: "ssh", banner: "SSH-2.0-OpenSSH_9.2p1 Debian[31m" });
  await expect.poll(() => open.size).toBe(0);
});

test("what is silent, hangs up, talks of something else or without end is not SSH, and is let go", async () => {
  const silent = await listen("127.77.0.2", 0, () => undefined);
  const rude = await listen("127.77.0.2", 0, (socket) => socket.end());
  const reset = await listen("127.77.0.2", 0, (socket) => socket.resetAndDestroy());
  const web = await listen("127.77.0.2", 0, (socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const flood = await listen("127.77.0.2", 0, (socket) => socket.write("SSH-2.0-".padEnd(1_000_000, "x")));
  for (const port of [silent, rude, web, flood]) {
    expect(await ask("127.77.0.2", port), String(port)).toEqual({ kind: "other-service" });
  }
  // A reset may come before or after the connect is told of: either way the machine is there, without SSH.
  expect(["refused", "other-service"]).toContain((await ask("127.77.0.2", reset)).kind);
  await expect.poll(() => open.size).toBe(0);
});

test("a closed port refuses; a knock that is called off ends at once", async () => {
  const port = await listen("127.77.0.3", 0, () => undefined);
  expect(await ask("127.77.0.4", port)).toEqual({ kind: "refused" });
  const stop = new AbortController();
  const asked = knock("127.77.0.3", port, { connectMs: 60_000, bannerMs: 60_000, signal: stop.signal });
  setTimeout(() => stop.abort(), 20);
  expect(await asked).toEqual({ kind: "silent" });
  await expect.poll(() => open.size).toBe(0);
});

test("a line is complete only with its end", () => {
  expect(bannerIn("SSH-2.0-OpenSSH_9")).toBeNull();
  expect(bannerIn("SSH-2.0-OpenSSH_9\n")).toBe("SSH-2.0-OpenSSH_9");
  expect(bannerIn("hello SSH-2.0-no\n")).toBeNull();
});

function source(own: string[] = []) {
  const events: SightingEvent[] = [];
  const probe = probeSource({
    ownAddresses: () => own.map((address) => ({ interfaceName: "lo", address, prefix: 24 })),
    limits,
  });
  const detach = probe.attach((event) => events.push(event));
  return { probe, events, detach };
}

async function runAll(updates: AsyncIterable<ProbeUpdate>): Promise<ProbeUpdate[]> {
  const all: ProbeUpdate[] = [];
  for await (const update of updates) all.push(update);
  return all;
}

test("a search says what it asks, finds every SSH server once, counts the rest, and never has too many sockets", async () => {
  const sshd = (socket: Socket): void => void socket.write("SSH-2.0-dropbear_2022.83\r\n");
  const port = await listen("127.77.1.9", 0, sshd);
  await listen("127.77.1.20", port, sshd);
  await listen("127.77.1.30", port, (socket) => socket.end("220 mail\r\n"));
  const { probe, events } = source(["127.77.1.9"]);
  const updates = await runAll(probe.run({ subnets: ["127.77.1.0/26"], ports: [port] }, never));
  expect(updates[0]).toEqual({
    kind: "started",
    plan: { subnets: [{ cidr: "127.77.1.0/26", interfaceName: "lo", addresses: 62, partOf: null }], ports: [port] },
  });
  const last = updates.at(-1);
  if (last?.kind !== "done") throw new Error(`The last update is ${last?.kind}.`);
  const banner = "SSH-2.0-dropbear_2022.83";
  // 127.77.1.9 is an address of this machine here, and no device.
  expect(last.found).toEqual([{ host: "127.77.1.20", port, banner }]);
  expect(last.counts).toEqual({
    addresses: 62,
    asked: 62,
    ssh: 1,
    otherService: 1,
    refused: 59,
    silent: 0,
    unreachable: 0,
    denied: 0,
  });
  const told = updates.flatMap((update) => (update.kind === "progress" ? update.found : []));
  expect(told).toEqual(last.found);
  expect(events).toMatchObject([
    { kind: "attach", sighting: { key: `probe:127.77.1.20:${port}`, source: "probe", ssh: true, port } },
  ]);
  expect(most).toBeLessThanOrEqual(limits.concurrent);
  expect(probe.evidence()).toMatchObject([{ source: "probe", state: "working" }]);
});

test("what is not there any more at the next search is lost again", async () => {
  const port = await listen("127.77.2.5", 0, (socket) => socket.write("SSH-2.0-x\r\n"));
  const { probe, events } = source();
  const request = { subnets: ["127.77.2.0/29"], ports: [port] };
  await runAll(probe.run(request, never));
  await runAll(probe.run(request, never));
  await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
  await runAll(probe.run(request, never));
  expect(events.map(({ kind }) => kind)).toEqual(["attach", "update", "detach"]);
});

test("it keeps to its rate", async () => {
  const probe = probeSource({ ownAddresses: () => [], limits: { ...limits, perSecond: 100 } });
  const startedAtMs = performance.now();
  await runAll(probe.run({ subnets: ["127.77.3.0/26"], ports: [9] }, never));
  expect(performance.now() - startedAtMs).toBeGreaterThan(600);
});

test("leaving it ends it with every socket released, and keeps what was found", async () => {
  const port = await listen("127.77.4.1", 0, (socket) => socket.write("SSH-2.0-x\r\n"));
  for (let at = 2; at < 20; at += 1) await listen(`127.77.4.${at}`, port, () => undefined);
  const { probe, events } = source();
  const slow = probe.run({ subnets: ["127.77.4.0/24"], ports: [port] }, never);
  for await (const update of slow) if (update.kind === "progress" && update.found.length > 0) break;
  await expect.poll(() => open.size).toBe(0);
  expect(events).toHaveLength(1);
  expect(probe.evidence()[0]?.detail).toContain("then cancelled");
  // It is free for the next one.
  const stop = new AbortController();
  const again = probe.run({ subnets: ["127.77.4.0/24"], ports: [port] }, stop.signal);
  await again.next();
  setTimeout(() => stop.abort(), 50);
  await expect(runAll(again)).rejects.toThrow();
  await expect.poll(() => open.size).toBe(0);
});

test("two at once are refused", async () => {
  const { probe } = source();
  const first = probe.run({ subnets: ["127.77.5.0/24"], ports: [9] }, never);
  await first.next();
  await expect(runAll(probe.run({ subnets: null, ports: [22] }, never))).rejects.toMatchObject({ code: "conflict" });
  await first.return();
});
