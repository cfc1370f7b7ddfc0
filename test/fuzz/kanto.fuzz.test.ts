/** What Kanto says: the output of kanto-cm, the lines of its logs, and whatever comes from its MQTT broker. */
import fc from "fast-check";
import { test } from "vitest";
import { containerFrom, inspectionFrom } from "../../src/main/engines/kanto/container-from-json.ts";
import { readDaemonConfig } from "../../src/main/engines/kanto/daemon-config.ts";
import { Inbox, refusalOf } from "../../src/main/engines/kanto/inbox.ts";
import { kantoFailure } from "../../src/main/engines/kanto/kanto-errors.ts";
import { eventsBetween, parseListTable } from "../../src/main/engines/kanto/list-table.ts";
import { KantoLogReader } from "../../src/main/engines/kanto/log-lines.ts";
import { parseSysinfo } from "../../src/main/engines/kanto/open-kanto.ts";
import { parseTraces } from "../../src/main/engines/kanto/open-script.ts";
import { PacketGuard, packetMaxBytes } from "../../src/main/engines/kanto/packet-guard.ts";
import { parseContainer, parseGetAnswers } from "../../src/main/engines/kanto/read-containers.ts";
import { AppError, containerSchema } from "../../src/shared/domain/index.ts";
import { chunked, FUZZ_TIMEOUT_MS, fuzz, hostileText, mutated } from "./fuzz.ts";

const target = { user: "pi", host: "10.0.0.7", port: 22 };

/** Whatever was said, what a person is shown of it is for people. */
function expected(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  if (error.message.length > 2_000) throw new Error(`a message of ${error.message.length} characters`);
  if (/[^\P{Cc}\n]/u.test(error.message)) throw new Error(`a message that steers: ${JSON.stringify(error.message)}`);
  return true;
}

const TABLE_WORDS = [
  "ID |Name |Image |Status |Finished At |Exit Code |\n",
  "--- |--- |--- |--- |--- |--- |\n",
  "a |web |docker.io/x:1 |Running | |0 |\n",
  "a |web |docker.io/x:1 |Exited |2026 |137 |\n",
  "b |db |x |Paused | |0|\n",
  "No containers found.\n",
  "|",
  "\t",
  "-",
];

test(
  "the tables of kanto-cm, its version and its errors are read or refused",
  () =>
    fuzz(
      "kanto-cm",
      fc.tuple(
        hostileText(TABLE_WORDS),
        hostileText([...TABLE_WORDS, "Engine v1.0.0, API v1.0.0", "Error: "]),
        fc.nat(255),
      ),
      ([before, after, exitCode]) => {
        const head = `${TABLE_WORDS[0]}${TABLE_WORDS[1]}`;
        for (const [one, two] of [
          [before, after],
          [head + before, head + after],
        ] as const) {
          try {
            const events = eventsBetween(parseListTable(one), parseListTable(two), 1_000);
            for (const event of events) if (event.containerId === "") throw new Error("an event of nobody");
          } catch (error) {
            if (!expected(error)) throw error;
          }
        }
        expected(kantoFailure("Container web", exitCode, after, target));
        try {
          parseSysinfo(after);
        } catch (error) {
          if (!expected(error)) throw error;
        }
      },
      { expected },
    ),
  FUZZ_TIMEOUT_MS,
);

const MARK = "bayplan-0123456789abcdef01234567";
const CONTAINER = JSON.stringify({
  container_id: "8f3b",
  container_name: "web",
  image: { name: "docker.io/library/nginx:1" },
  host_config: {
    port_mappings: [{ proto: "tcp", container_port: 80, host_ip: "0.0.0.0", host_port: 8080, host_port_end: 8080 }],
    log_config: { driver_config: { type: "json-file", root_dir: "/x" } },
    resources: { memory: "64m" },
  },
  state: { pid: 12, started_at: "2026-11-24T10:00:00Z", finished_at: "", exit_code: 0, status: 2, restarting: false },
  created: "2026-11-24T10:00:00Z",
  restart_count: 0,
});
const ANSWER = `${MARK} ids\n${MARK} get 8f3b\n${CONTAINER}\n\n${MARK} end 0\n${MARK} get b\n\n${MARK} end 1\n${MARK} done\n`;
const ANSWER_WORDS = [
  `${MARK} ids\n`,
  `${MARK} get a\n`,
  `${MARK} end 0\n`,
  `${MARK} odd\n`,
  `${MARK} done\n`,
  CONTAINER,
];
const TRACES = `kanto 1\ncm /usr/bin/kanto-cm\nsocket open /run/x.sock\narch aarch64\ncpus 4\nmemory MemTotal: 1024 kB\ncgroup 2\nconfig {"manager":{"home_dir":"/var/lib/x"},"things":{"connection":{"broker_url":"tcp://localhost:1883"}}}\nend 1\n`;

test(
  "the containers of kanto-cm, and what the device says of Kanto, are read or refused",
  () =>
    fuzz(
      "kanto containers",
      fc.tuple(
        fc.oneof(
          mutated(fc.constant(Buffer.from(ANSWER))).map((bytes) => bytes.toString("utf8")),
          hostileText(ANSWER_WORDS),
        ),
        fc.oneof(
          mutated(fc.constant(Buffer.from(TRACES))).map((bytes) => bytes.toString("utf8")),
          hostileText(TRACES.split("\n").map((line) => `${line}\n`)),
        ),
      ),
      ([answer, said]) => {
        try {
          const traces = parseTraces(said);
          if (!Number.isSafeInteger(traces.memoryBytes)) throw new Error("a memory that is no number");
          const { broker } = readDaemonConfig(traces.config);
          if (broker !== null && /[^\w.:-]/.test(broker.host)) throw new Error(`a broker at ${broker.host}`);
        } catch (error) {
          if (!expected(error)) throw error;
        }
        for (const { text, exitCode } of parseGetAnswers(answer, MARK)) {
          if (exitCode !== 0) continue;
          const container = parseContainer(text, "Container x");
          containerSchema.parse(containerFrom(container));
          inspectionFrom(container);
        }
      },
      { expected },
    ),
  FUZZ_TIMEOUT_MS,
);

const logEntry = fc
  .record({
    stream: fc.constantFrom("stdout", "stderr", "other"),
    log: fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.nat(300_000).map((length) => "x".repeat(length)),
    ),
    time: fc.constantFrom("2026-11-24T10:00:00.5Z", "never", "9999999-01-01T00:00:00Z"),
  })
  .map((entry) => Buffer.from(`${JSON.stringify(entry)}\n`));
const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70_000 })), { maxLength: 60 });

test(
  "a log file of Kanto gives lines with times and bounds, in any chunks",
  () =>
    fuzz(
      "kanto log",
      fc.tuple(mutated(fc.array(logEntry, { maxLength: 6 }).map((entries) => Buffer.concat(entries))), cuts),
      ([bytes, at]) => {
        const reader = new KantoLogReader("c", 0);
        const lines = chunked(bytes, at).flatMap((chunk) => reader.take(chunk));
        lines.push(...reader.end());
        let characters = 0;
        for (const line of lines) {
          characters += line.text.length;
          if (line.text.length > 64 * 1024) throw new Error(`a line of ${line.text.length} characters`);
          if (Number.isNaN(line.atMs)) throw new Error("a line has no time");
        }
        if (characters > bytes.length) throw new Error("more text than there were bytes");
      },
    ),
  FUZZ_TIMEOUT_MS,
);

const state = { status: "RUNNING", pid: 12, error: "", exitCode: 0 };
const ENVELOPES = [
  { path: "/features/Container:1", value: { properties: { status: { name: "n", imageRef: "i", state } } } },
  { path: "/features/Container:1/properties/status/state", value: state },
  { path: "/features/Container:1/properties/status/name", value: "n" },
  {
    path: "/features/Metrics/outbox/messages/data",
    value: { snapshot: [{ originator: "Container:1", measurements: [{ id: "cpu", value: 1 }] }], timestamp: 1 },
  },
  { path: "/", value: { error: "messages:subject.notfound", status: 404, message: "no\u001b[2Jne" } },
].map((envelope) =>
  Buffer.from(JSON.stringify({ topic: "a/b/things/twin/commands/modify", headers: {}, ...envelope })),
);
const message = fc.tuple(
  fc.oneof(
    fc.constantFrom("edge/thing/response", "command//edge:device/res/r-1/204", "command//edge:device/res/r-1/404"),
    hostileText(["command//", "/res/", "edge/thing/response", "/204"]),
  ),
  fc.oneof(
    mutated(fc.constantFrom(...ENVELOPES, Buffer.from('{"deviceId":"edge:device"}'))),
    hostileText(["{", "}", '"path":', '"__proto__":', "[", '"value":']).map((text) => Buffer.from(text)),
  ),
);

test(
  "whatever is published on a broker is passed over, or is news that has what it names",
  () =>
    fuzz(
      "mqtt messages",
      fc.array(message, { maxLength: 6 }),
      async (messages) => {
        const inbox = new Inbox();
        const identity = inbox.nextIdentity(10_000).catch(() => null);
        const answer = inbox.nextAnswer("r-1", "Container:1, start", 10_000);
        const answered = answer.promise.catch((error: unknown) => {
          if (!expected(error)) throw error;
        });
        const record = inbox.record();
        let figures = 0;
        const stop = inbox.onMetrics(({ containers }) => {
          figures += containers.length;
        });
        try {
          for (const [topic, payload] of messages) {
            inbox.take(topic, payload);
            expected(
              refusalOf("x", { topic, path: "/", value: { error: "", status: 1, message: String(payload) } }, 1),
            );
          }
        } finally {
          inbox.end(new AppError("unreachable", "It is over."));
          stop();
          record.end();
          await Promise.all([identity, answered]);
        }
        if (figures > messages.length * 10_000) throw new Error("figures without a bound");
      },
      { expected },
    ),
  FUZZ_TIMEOUT_MS,
);

/** A packet with a length that is told in the shortest way, or in a longer one. */
const mqttPacket = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.oneof(fc.nat(300), fc.nat(40_000)), fc.nat(2))
  .map(([type, length, padding]) => {
    const bytes = [type];
    let left = length;
    do {
      bytes.push((left % 128) | (left > 127 ? 0x80 : 0));
      left = Math.floor(left / 128);
    } while (left > 0);
    for (let more = 0; more < padding && bytes.length < 5; more += 1) {
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
      bytes.push(0);
    }
    return Buffer.concat([Buffer.from(bytes), Buffer.alloc(length, 0x80)]);
  });

test(
  "MQTT packets of a lawful length pass, however they are cut, and no other does",
  () =>
    fuzz(
      "mqtt packets",
      fc.tuple(fc.array(mqttPacket, { maxLength: 8 }), cuts, fc.integer({ min: packetMaxBytes + 1, max: 2 ** 28 - 1 })),
      ([packets, at, tooLong]) => {
        const guard = new PacketGuard();
        for (const chunk of chunked(Buffer.concat(packets), at))
          if (!guard.take(chunk)) throw new Error("a lawful packet was refused");
        const claim = [0, 1, 2, 3].map((place) => (Math.floor(tooLong / 128 ** place) % 128) | (place < 3 ? 0x80 : 0));
        if (guard.take(Buffer.from([0x30, ...claim]))) throw new Error(`a packet of ${tooLong} bytes passed`);
      },
    ),
  FUZZ_TIMEOUT_MS,
);
