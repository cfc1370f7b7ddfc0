/** SSH servers that mean harm, before the login, at it and behind it; and a hostile engine behind a real sshd. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  containerAnswers,
  flood,
  frame,
  good,
  type HostileAnswer,
  type HostileEngine,
  type Order,
  type Report,
  startHostileEngine,
  text,
} from "./hostile-engine.ts";
import { type HostileServer, startFlood, startHostileSsh } from "./hostile-ssh-server.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";
import { startVictim, type Victim } from "./start-victim.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const growthMaxBytes = 160 * MIB;
const long = process.env.BAYPLAN_TEST_LONG === "1";

const words = `\u001b]0;owned\u0007\u001b[2J$(touch x)\u0000\u202e<img src=x>${"x".repeat(20_000)}`;

let victim: Victim | null = null;
let sshd: SshServer;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  sshd = await startSshServer();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(async () => {
  await victim?.stop();
  await sshd.stop();
});

async function attack(
  call: Order["call"],
  port: number,
  { socketPath = "/run/docker.sock", brokerPort }: { socketPath?: string; brokerPort?: number } = {},
): Promise<Report> {
  victim ??= await startVictim();
  const [privateKey = ""] = sshd.credentials.privateKeys;
  try {
    const report = await victim.obey({
      socketPath,
      ...(brokerPort === undefined ? {} : { brokerPort }),
      ssh: { port, privateKey },
      call,
    });
    expect(report.growthBytes).toBeLessThan(growthMaxBytes);
    expect(report.failure?.message.length ?? 0).toBeLessThan(1_000);
    expect(report.failure?.message ?? "").not.toMatch(/[^\P{Cc}\n]/u);
    return report;
  } catch (error) {
    await victim.stop();
    victim = null;
    throw error;
  }
}

function started<T extends HostileServer | HostileEngine>(server: T): T {
  stops.push(() => server.stop());
  return server;
}

describe("a server", () => {
  test.each([
    ["a line without end in front of its banner", "x"],
    ["lines without end in front of its banner", "hello\r\n"],
    ["a banner without end", "SSH-2.0-"],
    ["packets that are none", "SSH-2.0-x\r\n\u0000\u0000"],
  ])("with %s", async (_, chunk) => {
    const { port } = started(await startFlood(chunk, GIB));
    expect((await attack("login", port)).failure?.code).toBe("unreachable");
  });

  test("whose methods, questions and greetings steer a terminal lets nobody in, in plain words", async () => {
    const { port } = started(await startHostileSsh("refuse", words));
    const { failure } = await attack("login", port);
    expect(failure?.code).toMatch(/^(auth-failed|unreachable)$/);
    expect(failure?.message).not.toContain("\u202e");
  });

  test("that hangs up with words that steer a terminal", async () => {
    const { port } = started(await startHostileSsh("disconnect", words));
    expect((await attack("login", port)).failure?.code).toMatch(/^(auth-failed|unreachable)$/);
  });

  test("that sends more than it may is cut off, and does not fill the memory of who does not read", async () => {
    const { port } = started(await startHostileSsh("flood", "hello"));
    const { failure } = await attack("idle", port);
    expect(failure?.message).toContain("more than it was told");
  });
});

describe("a hostile engine behind a real sshd", () => {
  const ok = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
  const many = Array.from({ length: 100_000 }, (_, at) => containerAnswers(`c${at}`, { name: `n${at}` }).listed);

  test.each<[string, Order["call"], Record<string, HostileAnswer>]>([
    ["a header without end", "open", { "/version": flood(`${ok}X-Name: `, "x".repeat(1_000), GIB) }],
    ["a refusal without end", "open", { "/version": flood("HTTP/1.1 500 Oops\r\n\r\n", "x".repeat(1_000), GIB) }],
    ["a refusal that is no text", "open", { "/version": text('{"message":{"toString":0}}', "500 Oops") }],
    ["a hundred thousand containers", "list", { "/containers/json": good(many) }],
    ["an event without end", "events", { "/events": flood(`${ok}\r\n`, "x".repeat(1_000), GIB) }],
  ])("%s", async (_, call, answers) => {
    const engine = started(await startHostileEngine(answers));
    const { failure } = await attack(call, sshd.port, engine);
    expect(failure?.code).toMatch(/^(engine-failed|no-engine)$/);
  });

  test("a log line without end comes in pieces", async () => {
    const bytes = long ? GIB : 64 * MIB;
    const head = frame(Buffer.from("2026-11-24T10:00:00.000000001Z "), 0xffff_ffff);
    const log = flood(Buffer.concat([Buffer.from(`${ok}\r\n`), head]), Buffer.alloc(64 * 1024, "x"), bytes);
    const engine = started(await startHostileEngine({ "/containers/c1/logs": log }));
    const report = await attack("logs", sshd.port, engine);
    expect(report).toMatchObject({ failure: null });
    expect(report.longest).toBeLessThanOrEqual(64 * 1024);
    expect(report.count).toBeGreaterThanOrEqual(bytes / (64 * 1024) - 1);
  });
});

test("an MQTT broker whose message claims 256 MiB is hung up on", async () => {
  const connack = [0x20, 2, 0, 0];
  const publish = [0x30, 0xff, 0xff, 0xff, 0x7f];
  const broker = started(await startFlood("x", GIB, Buffer.from([...connack, ...publish])));
  const { failure } = await attack("broker", sshd.port, { brokerPort: broker.port });
  expect(failure).toMatchObject({ code: "unreachable", message: expect.stringContaining("MQTT") });
});
