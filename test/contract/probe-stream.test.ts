/** A search of the loopback network through the real router: its updates pass the contract, and leaving it ends it. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDirectClient, type Host, openHost } from "../../src/main/api/index.ts";
import { failureOf } from "../../src/shared/contract/index.ts";

const open = new Set<Socket>();
const server = createServer((socket) => {
  open.add(socket);
  socket.on("error", () => undefined);
  socket.on("close", () => open.delete(socket));
  socket.write("SSH-2.0-test\r\n");
});
let dataFolder: string;
let host: Host;
let port: number;

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "bayplan-probe-"));
  host = await openHost({ dataFolder, discover: false });
  await new Promise<void>((resolve) => server.listen(0, "127.77.9.3", resolve));
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});

afterEach(async () => {
  await host.close();
  for (const socket of open) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  await rm(dataFolder, { recursive: true, force: true });
});

test("the plan, the progress and the result arrive as the contract says", async () => {
  const client = createDirectClient(host.router);
  const request = { subnets: ["127.77.9.0/29"], ports: [port] };
  const plan = await client.devices.probePlan(request);
  expect(plan.subnets).toMatchObject([{ cidr: "127.77.9.0/29", addresses: 6 }]);
  const kinds: string[] = [];
  for await (const update of await client.devices.probe(request)) {
    kinds.push(update.kind);
    if (update.kind !== "done") continue;
    expect(update.found).toEqual([{ host: "127.77.9.3", port, banner: "SSH-2.0-test" }]);
    expect(update.counts).toMatchObject({ asked: 6, ssh: 1, refused: 5 });
  }
  expect(kinds[0]).toBe("started");
  expect(kinds.at(-1)).toBe("done");
});

test("leaving the stream ends the search; an expected failure arrives with its code and hint", async () => {
  const client = createDirectClient(host.router);
  for await (const update of await client.devices.probe({ subnets: ["127.77.9.0/24"], ports: [port, 1] })) {
    if (update.kind === "progress") break;
  }
  await expect.poll(() => open.size).toBe(0);
  const refused = await client.devices.probePlan({ subnets: ["10.0.0.0/8"], ports: [22] }).catch(failureOf);
  expect(refused).toMatchObject({ code: "bad-input", hint: expect.stringContaining("smaller part") });
  // The one that was left is over: the next one may begin.
  for await (const update of await client.devices.probe({ subnets: ["127.77.9.3"], ports: [port] })) {
    if (update.kind === "done") expect(update.counts.ssh).toBe(1);
  }
});
