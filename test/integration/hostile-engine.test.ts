/** An engine that means harm: whatever it answers, the call ends, says why, and takes a bounded amount of memory. */
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import {
  containerAnswers,
  flood,
  frame,
  good,
  type HostileAnswer,
  type HostileEngine,
  type Order,
  type Report,
  raw,
  startHostileEngine,
  text,
} from "./hostile-engine.ts";
import { startVictim, type Victim } from "./start-victim.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const long = process.env.BAYPLAN_TEST_LONG === "1";

/** An answer may be held a few times over while it is read; what is hostile here is far larger. */
const growthMaxBytes = 160 * MIB;

const ok = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
const chunkedHead = `${ok}Transfer-Encoding: chunked\r\n\r\n`;

let victim: Victim | null = null;
let engine: HostileEngine | null = null;

afterEach(async () => {
  await engine?.stop();
  engine = null;
});
afterAll(() => victim?.stop());

/** One that has died of an attack is replaced, so that each attack is judged by itself. */
async function attack(call: Order["call"], answers: Record<string, HostileAnswer>): Promise<Report> {
  engine = await startHostileEngine(answers);
  victim ??= await startVictim();
  try {
    const report = await victim.obey({ socketPath: engine.socketPath, ssh: null, call });
    expect(report.growthBytes).toBeLessThan(growthMaxBytes);
    if (report.failure !== null) expectForPeople(report.failure);
    return report;
  } catch (error) {
    await victim.stop();
    victim = null;
    throw error;
  }
}

function expectForPeople({ message }: { message: string }): void {
  expect(message.length).toBeLessThan(1_000);
  expect(message).not.toMatch(/[^\P{Cc}\n]/u);
}

describe("what is no answer", () => {
  test.each<[string, HostileAnswer]>([
    ["a header line without end", flood(`${ok}X-Name: `, "x".repeat(1_000), GIB)],
    ["header lines without end", flood(ok, "X-Name: value\r\n", GIB)],
    [
      "a chunk that claims to be larger than any number",
      flood(`${chunkedHead}ffffffffffffffff\r\n`, "x".repeat(1_000), GIB),
    ],
    ["a chunk extension without end", flood(`${chunkedHead}1;a=`, "x".repeat(1_000), GIB)],
    ["a body without end", flood(`${ok}\r\n`, " ".repeat(1_000), GIB)],
    ["a refusal without end", flood("HTTP/1.1 500 Oops\r\n\r\n", "x".repeat(1_000), GIB)],
    ["a refusal whose message is no text", text('{"message":{"toString":0,"valueOf":0}}', "500 Oops")],
    ["a refusal that steers terminals", text(`{"message":"\\u001b[2J\\u0000${"x".repeat(9_000)}"}`, "500 Oops")],
    ["interim answers without end", flood("", "HTTP/1.1 100 Continue\r\n\r\n", GIB)],
    ["hints without end", flood("", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", GIB)],
    ["another protocol", raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n")],
    ["what is no HTTP", flood("SSH-2.0-OpenSSH_9.2\r\n", "x".repeat(1_000), GIB)],
    ["nothing", raw("")],
    ["a page", text("<html><script>alert(1)</script></html>", "200 OK", ["Content-Type: text/html"])],
    [
      "a bomb",
      text(gzipSync(Buffer.alloc(256 * MIB)), "200 OK", ["Content-Encoding: gzip", "Content-Type: application/json"]),
    ],
    ["JSON as deep as an answer may be long", text(`${"[".repeat(4 * MIB)}${"]".repeat(4 * MIB)}`)],
    ["a million wrong things", text(`{"Version":"1","ApiVersion":"1.45","Components":[${"{},".repeat(MIB)}{}]}`)],
    ["text that is no UTF-8", text(Buffer.alloc(1_000, 0xff))],
  ])("%s", async (_, answer) => {
    const { failure } = await attack("open", { "/version": answer });
    expect(failure?.code).toMatch(/^(engine-failed|no-engine)$/);
  });

  test("a redirect is not followed", async () => {
    let visits = 0;
    const elsewhere = createServer((_, response) => {
      visits += 1;
      response.end("{}");
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const address = elsewhere.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      for (const status of ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"]) {
        const { failure } = await attack("open", {
          "/version": text("", status, [`Location: http://127.0.0.1:${port}/version`]),
        });
        expect(failure).toMatchObject({ code: "engine-failed", message: expect.stringContaining(status.slice(0, 3)) });
        await engine?.stop();
      }
      expect(visits).toBe(0);
    } finally {
      elsewhere.close();
    }
  });
});

describe("a list of containers", () => {
  test("of a hundred thousand is refused, and none of them is asked about", async () => {
    const many = Array.from({ length: 100_000 }, (_, at) => containerAnswers(`c${at}`, { name: `n${at}` }).listed);
    const { failure } = await attack("list", { "/containers/json": good(many) });
    expect(failure).toMatchObject({ code: "engine-failed", message: expect.stringContaining("ontainers") });
    expect(engine?.asked.filter((path) => path.startsWith("/containers/c"))).toEqual([]);
  });

  test.each<[string, HostileAnswer]>([
    ["of a million things that are none", text(`[${"{},".repeat(MIB)}{}]`)],
    ["of nothing but numbers", text(`[${"1,".repeat(2 * MIB)}1]`)],
    [
      "whose labels are a million numbers",
      text(`[{"Id":"c1","Labels":{${Array.from({ length: 190_000 }, (_, at) => `"${at}":${at}`).join(",")}}}]`),
    ],
  ])("%s", async (_, answer) => {
    const { failure } = await attack("list", { "/containers/json": answer });
    expect(failure?.code).toBe("engine-failed");
  });

  test("with a container that is told byte by byte", async () => {
    const { failure } = await attack("list", { "/containers/c1/json": flood(chunkedHead, "1\r\n \r\n", GIB) });
    expect(failure?.code).toBe("engine-failed");
  });

  test("whose containers have names as long as an answer", async () => {
    const ids = Array.from({ length: 60 }, (_, at) => `long${at}`);
    const name = "x".repeat(7 * MIB);
    const answers = ids.map((id): [string, HostileAnswer] => [
      `/containers/${id}/json`,
      good(containerAnswers(id, { name }).inspected),
    ]);
    const listed = ids.map((id) => containerAnswers(id, { name: id }).listed);
    const { failure } = await attack("list", { ...Object.fromEntries(answers), "/containers/json": good(listed) });
    expect(failure?.code).toBe("engine-failed");
  });
});

describe("a stream", () => {
  test("a log line of 1 GB comes in pieces", async () => {
    const piece = Buffer.alloc(64 * 1024, "x");
    const claimed = frame(Buffer.from("2026-11-24T10:00:00.000000001Z "), 0xffff_ffff);
    const report = await attack("logs", {
      "/containers/c1/logs": flood(Buffer.concat([Buffer.from(`${ok}\r\n`), claimed]), piece, GIB),
    });
    expect(report).toMatchObject({ failure: null });
    expect(report.longest).toBeLessThanOrEqual(64 * 1024);
    expect(report.count).toBeGreaterThanOrEqual(GIB / (64 * 1024) - 1);
  });

  test("a terminal's line without end comes in pieces", async () => {
    const tty = containerAnswers("c1", { name: "web", tty: true }).inspected;
    const report = await attack("tty", {
      "/containers/c1/json": good(tty),
      "/containers/c1/logs": flood(`${ok}\r\n`, "x".repeat(1_000), long ? GIB : 128 * MIB),
    });
    expect(report).toMatchObject({ failure: null });
    expect(report.longest).toBeLessThanOrEqual(64 * 1024);
  });

  test("a log in frames of one byte, none of which ends a line", async () => {
    const report = await attack("logs", {
      "/containers/c1/logs": flood(`${ok}\r\n`, frame(Buffer.from("x")), 16 * MIB),
    });
    expect(report.failure).toBeNull();
  });

  test("a log whose frames are none", async () => {
    const { failure } = await attack("logs", { "/containers/c1/logs": flood(`${ok}\r\n`, "garbage", GIB) });
    expect(failure?.code).toBe("engine-failed");
  });

  test("an event without end", async () => {
    const { failure } = await attack("events", { "/events": flood(`${ok}\r\n`, "x".repeat(1_000), GIB) });
    expect(failure?.code).toBe("engine-failed");
  });

  test("an event without end, byte by byte", async () => {
    const { failure } = await attack("events", { "/events": flood(chunkedHead, "1\r\nx\r\n", 256 * MIB) });
    expect(failure?.code).toBe("engine-failed");
  });

  test("a pull of layers without end", async () => {
    let at = 0;
    const head = Buffer.from(`${ok}\r\n`);
    const report = await attack("pull", {
      "/images/create": async (socket) => {
        await raw(head)(socket, "");
        for (let block = 0; block < 40 && !socket.destroyed; block += 1) {
          let lines = "";
          for (let line = 0; line < 1_000; line += 1) {
            at += 1;
            lines += `{"id":"layer-${at}-${"x".repeat(400)}","status":"Downloading","progressDetail":{"current":1,"total":2}}\n`;
          }
          await raw(lines)(socket, "");
        }
      },
    });
    expect(report.longest).toBeLessThan(1_000);
  });
});
