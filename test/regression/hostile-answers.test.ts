/** What a device or the network may send must not hang, crash or steer Bayplan. */
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { countCpus, parseProbe } from "../../src/main/devices/identity/parse-probe.ts";
import { decodeMessage, encodeQueries } from "../../src/main/devices/mdns/dns-message.ts";
import { RecordCache } from "../../src/main/devices/mdns/record-cache.ts";
import { createOutput, harmless, printFailure } from "../../src/main/doors/cli/output.ts";
import { containerListAnswer } from "../../src/main/engines/docker-api/answers.ts";
import { refusalWords, unreadableAnswer } from "../../src/main/engines/docker-api/engine-errors.ts";
import { checkOutside, parseOutsideJson } from "../../src/main/engines/outside-text.ts";
import { ReplyReader } from "../../src/main/engines/sampling/reply-reader.ts";
import { MarkerFilter } from "../../src/main/ssh/exec-frame.ts";
import type { SshProcess } from "../../src/main/ssh/index.ts";
import { parseAnswer } from "../../src/main/ssh/ssh-config.ts";

describe("the answer to the identity probe", () => {
  test("with a hundred thousand lines is read in no time", () => {
    const answer = `probe 1\narch x86_64\nmeminfo MemTotal: 1024 kB\nprocessor 0\n${"mac x\n".repeat(100_000)}end 1\n`;
    const startedAt = performance.now();
    expect(parseProbe(answer).facts.macAddresses).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test("cannot claim more processors than Linux has, nor fewer than none", () => {
    expect(countCpus("0-8191")).toBe(8_192);
    expect(countCpus("0-999999999")).toBeNull();
    expect(countCpus("5-3")).toBeNull();
    expect(countCpus("0-7,6-2")).toBeNull();
  });
});

describe("the facts of a device", () => {
  test("are bounded and hold nothing that steers a terminal, whatever was printed", () => {
    const sockets = "socket docker yes /var/run/docker.sock\n".repeat(5_000);
    const bad = `socket docker yes /run/\u001b[2J\nsocket docker yes /${"x".repeat(200)}\n`;
    const head = "probe 1\narch x86\u009b2J\nmeminfo MemTotal: 1024 kB\nprocessor 0\n";
    const macs = Array.from(
      { length: 300 },
      (_, at) => `mac 02:00:00:00:${Math.floor(at / 100) + 10}:${(at % 90) + 10}\n`,
    );
    const { facts } = parseProbe(`${head}${bad}${sockets}${macs.join("")}end 1\n`);
    expect(facts.engineSockets).toHaveLength(14);
    expect(facts.macAddresses.length).toBeLessThanOrEqual(64);
    expect(JSON.stringify(facts)).not.toMatch(/\p{Cc}|\\u00/u);
  });
});

describe("a name on the network that is no UTF-8", () => {
  /** An answer: _ssh._tcp.local PTR <label>._ssh._tcp.local, the label being 63 bytes that are no text. */
  function packet(): Buffer {
    const header = Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    const service = Buffer.concat(
      ["_ssh", "_tcp", "local"].map((one) => Buffer.from([one.length, ...Buffer.from(one)])),
    );
    const target = Buffer.concat([Buffer.from([63]), Buffer.alloc(63, 0xff), service, Buffer.from([0])]);
    const middle = Buffer.from([0, 12, 0, 1, 0, 0, 0, 120, 0, target.length]);
    return Buffer.concat([header, service, Buffer.from([0]), middle, target]);
  }

  test("is not asked for again, instead of ending the program", () => {
    const [record] = decodeMessage(packet()).records;
    if (record?.type !== "PTR") throw new Error("no pointer was read");
    const cache = new RecordCache();
    cache.add(record, 0, "10.0.0.5");
    const due = cache.takeDueQuestions(100_000);
    const queries = encodeQueries([...due, { name: record.target, type: "SRV" }], [record]);
    expect(queries.map((query) => decodeMessage(query).questions)).toEqual([due.length]);
  });
});

describe("a sampler that sends what nobody asked for", () => {
  function running(): { process: SshProcess; stream: PassThrough } {
    const stream = new PassThrough();
    const process = { stream, stderr: () => "", exited: Promise.resolve(0), close: () => void stream.destroy() };
    return { process, stream };
  }

  test.each([
    ["lines", "x\n".repeat(30_000)],
    ["a line without end", "x".repeat(60_000)],
  ])("%s: it is given up with little held", async (_, chunk) => {
    const { process, stream } = running();
    const reader = new ReplyReader(process);
    const before = globalThis.process.memoryUsage().rss;
    for (let sent = 0; sent < 200 * 1024 * 1024; sent += chunk.length) {
      if (!stream.write(chunk)) await new Promise((resolve) => setImmediate(resolve));
    }
    const read = (async () => {
      for (;;) await reader.line(performance.now() + 1_000);
    })();
    await expect(read).rejects.toMatchObject({ code: "engine-failed", message: expect.stringContaining("it sends") });
    expect(globalThis.process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
    stream.destroy();
  });
});

describe("an engine's answer", () => {
  test("of more values than an answer holds is refused before it is parsed; a comma in a text is no value", () => {
    expect(() => parseOutsideJson(`[${"{},".repeat(1_000_000)}{}]`)).toThrow("values");
    expect(parseOutsideJson(JSON.stringify(["a,b".repeat(100)]))).toEqual(["a,b".repeat(100)]);
  });

  test("that lists too many containers, or is wrong all over, is a short sentence", () => {
    const many = containerListAnswer.safeParse(Array.from({ length: 2_001 }, () => ({})));
    expect(many.error?.issues).toHaveLength(1);
    const wrong = containerListAnswer.safeParse(Array.from({ length: 1_000 }, () => ({ "\u001b[2J": 1 })));
    const { message } = unreadableAnswer("Containers", wrong.error);
    expect(message).toContain("and 997 more");
    expect(message.length).toBeLessThan(500);
  });

  test("that is wrong in so many places that its schema stumbles is refused as well", () => {
    const labels = Object.fromEntries(Array.from({ length: 190_000 }, (_, at) => [String(at), at]));
    const checked = checkOutside(containerListAnswer, [{ Id: "c1", Labels: labels }]);
    expect(checked).toMatchObject({ success: false });
  });

  test.each([
    ['{"message":{"toString":0,"valueOf":0}}', '{"message":{"toString":0,"valueOf":0}}'],
    ['{"message":"no\\u001b[2J\\u202e such"}', "no [2J such"],
    ["", "it does not say why"],
  ])("that is the refusal %s says: %s", (body, words) => {
    expect(refusalWords(body)).toBe(words);
  });
});

/** What is done anew with each piece or line of something long took minutes. */
test("noise in single bytes, and a million lines of ssh -G, take time as their length and no more", () => {
  const tookMs = (work: () => void) => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  };
  const noise = (bytes: number) => () => {
    const filter = new MarkerFilter("bayplan-1");
    for (let at = 0; at < bytes; at += 1) filter.take(Buffer.from("x"));
    expect(filter.take(Buffer.from("\nbayplan-1 7\nout"))?.toString()).toBe("out");
  };
  const answer = (lines: number) => () =>
    expect(parseAnswer("identityfile a\n".repeat(lines)).get("identityfile")).toHaveLength(lines);
  for (const [work, length] of [
    [noise, 200_000],
    [answer, 1_000_000],
  ] as const) {
    // Ten times the length is ten times the time; a hundred times would be what grows with its square. Machines stand still at times.
    expect(tookMs(work(length))).toBeLessThan(40 * tookMs(work(length / 10)) + 1_000);
  }
});

describe("what the command line prints", () => {
  const written: string[] = [];
  afterEach(() => {
    vi.restoreAllMocks();
    written.length = 0;
  });
  function listen(): void {
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, "write").mockImplementation((text) => {
        written.push(String(text));
        return true;
      });
    }
  }
  const hostile = "line\u001b]0;owned\u0007\u001b[2J\u009b31m\r\u0000\u007f\u202ename";

  test("keeps emphasis and lines, and nothing else that steers a terminal", () => {
    expect(harmless("a\u001b[2mb\u001b[22m\n\tc")).toBe("a\u001b[2mb\u001b[22m\n\tc");
    expect(harmless(hostile)).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test("keeps no emphasis of a device's in remarks and failures", () => {
    listen();
    createOutput(false).note("a\u001b[8mb");
    printFailure({ code: "unsupported", message: "a\u001b[8mb", hint: "c\u001b[8md" }, false);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ESC is what this is about.
    expect(written.join("")).not.toMatch(/\u001b\[8m/);
  });

  test("is harmless as text, as a remark, as a failure and as JSON, which still says the same", () => {
    listen();
    createOutput(false).text(hostile);
    createOutput(false).note(hostile);
    createOutput(true).value({ name: hostile });
    printFailure({ code: "unsupported", message: hostile, hint: hostile }, false);
    printFailure({ code: "unsupported", message: hostile, hint: null }, true);
    expect(written).toHaveLength(6);
    for (const text of written) expect(stripVTControlCharacters(text).replace(/\n$/, "")).not.toMatch(/\p{Cc}/u);
    expect(written.join("")).not.toMatch(/[\u202a-\u202e]/u);
    expect(JSON.parse(written[2] ?? "")).toEqual({ name: hostile });
  });
});
