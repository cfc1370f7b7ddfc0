import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FaultProxy, startFaultProxy } from "../../lab/fault-proxy.ts";

let echo: Server;
let proxy: FaultProxy;
let client: Socket;
let received = 0;

beforeEach(async () => {
  received = 0;
  echo = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
  const address = echo.address();
  proxy = await startFaultProxy({ host: "127.0.0.1", port: typeof address === "object" ? (address?.port ?? 0) : 0 });
  client = connect({ host: "127.0.0.1", port: proxy.port });
  client.on("error", () => undefined);
  client.on("data", (chunk) => {
    received += chunk.length;
  });
  await new Promise((resolve) => client.once("connect", resolve));
});

afterEach(async () => {
  client.destroy();
  await proxy.close();
  await new Promise((resolve) => echo.close(resolve));
});

async function arrived(bytes: number): Promise<number> {
  const startedAt = performance.now();
  await expect.poll(() => received, { timeout: 8_000, interval: 5 }).toBe(bytes);
  return performance.now() - startedAt;
}

test("without faults every byte passes", async () => {
  client.write(Buffer.alloc(300_000));
  await arrived(300_000);
  expect(proxy.bytes).toBe(600_000);
});

test("a delay holds both ways", async () => {
  proxy.set({ delayMs: 150 });
  client.write("x");
  expect(await arrived(1)).toBeGreaterThanOrEqual(290);
});

test("a rate holds for both directions together", async () => {
  proxy.set({ bytesPerSecond: 64_000 });
  client.write(Buffer.alloc(32_000));
  const tookMs = await arrived(32_000);
  expect(tookMs).toBeGreaterThan(900);
  expect(tookMs).toBeLessThan(4_000);
});

test("a stalled direction is silent, the other one goes on, and what waited arrives afterwards", async () => {
  proxy.set({ stalled: ["down"] });
  client.write("held");
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(received).toBe(0);
  expect(proxy.bytes).toBe(4);
  proxy.set({});
  await arrived(4);
});

test("a reset ends the connection at once, as a failure", async () => {
  const ended = new Promise((resolve) => client.once("error", resolve));
  client.write("x");
  await arrived(1);
  proxy.reset();
  expect(await ended).toMatchObject({ code: "ECONNRESET" });
  expect(proxy.connections).toBe(0);
});
