/** What a device answers: identity probe, sampler; and what a person's known_hosts says. */
import fc from "fast-check";
import { test } from "vitest";
import { parseProbe } from "../../src/main/devices/identity/parse-probe.ts";
import { entryMatches, parseKnownHosts } from "../../src/main/devices/known-hosts/known-hosts-line.ts";
import { parseHeader, parseReply } from "../../src/main/engines/sampling/parse-reply.ts";
import { ReadingDiffer } from "../../src/main/engines/sampling/reading-differ.ts";
import { AppError } from "../../src/shared/domain/index.ts";
import { FUZZ_TIMEOUT_MS, fuzz, hostileText } from "./fuzz.ts";

const expected = (error: unknown): boolean => error instanceof AppError;

const PROBE_LINES = [
  "host box\n",
  "dt-model Raspberry Pi\n",
  "machine-id 5f3b1c2d4e5f60718293a4b5c6d7e8f9\n",
  'os PRETTY_NAME="',
  "os ID=debian\n",
  "arch aarch64\n",
  "cpus-online 0-3\n",
  "cpus-online ",
  "processor\n",
  "meminfo MemTotal: 3884304 kB\n",
  "meminfo SwapTotal: ",
  "mac DC:A6:32:01:02:03\n",
  "cgroup 2\n",
  "cgroup-memory memory 1 2 1\n",
  "heat 48199 cpu\n",
  "heat ",
  "socket docker yes /var/run/docker.sock\n",
  "socket ",
  "disk 1 2\n",
  "disk ",
];

test(
  "the answer to the identity probe gives facts with bounds, or is unsupported",
  () =>
    fuzz(
      "probe",
      hostileText(PROBE_LINES),
      (body) => {
        const whole = `probe 1\narch x86_64\nmeminfo MemTotal: 1024 kB\nprocessor 0\n${body}\nend 1\n`;
        for (const text of [body, whole]) {
          try {
            const { facts } = parseProbe(text);
            if (!Number.isSafeInteger(facts.cpuCores) || facts.cpuCores < 1 || facts.cpuCores > 8_192)
              throw new Error(`${facts.cpuCores} cores`);
            for (const said of [facts.hostName, facts.osName, facts.model, facts.kernel, facts.boardSerial, facts.arch])
              if (said !== null && (/\p{Cc}/u.test(said) || said.length > 300))
                throw new Error(`text that is not for people: ${JSON.stringify(said.slice(0, 80))}`);
            if (JSON.stringify(facts).length > 64 * 1024) throw new Error("facts without a bound");
          } catch (error) {
            if (!expected(error)) throw error;
          }
        }
      },
      { expected },
    ),
  FUZZ_TIMEOUT_MS,
);

const ID = "a".repeat(64);
const REPLY_WORDS = [
  "t 1 100.50\n",
  "m 1000 500\n",
  "c 1 2 3 4 5 6 7 8\n",
  `k ${ID} cpuacct.usage=5 total_rss=1 memory.limit_in_bytes=9\n`,
  `k ${ID} usage_usec=5 anon=1 file=2 memory.max=max cpu.max=100000/100000\n`,
  `k ${"b".repeat(64)} -=-`,
  "cpu.cfs_quota_us=",
  "cpu.cfs_period_us=0 ",
  "constructor=1 ",
  "__proto__=1 ",
];

test(
  "a reading of the sampler gives numbers, or an error",
  () =>
    fuzz(
      "sampler",
      fc.tuple(hostileText(REPLY_WORDS), fc.constantFrom(1 as const, 2 as const), fc.boolean()),
      ([body, version, whole]) => {
        const text = whole ? `t 1 100.50\nm 1000 500\nc 1 2 3 4 5 6 7 8\n${body}` : body;
        const reading = parseReply(
          text.split("\n").filter((line) => line !== ""),
          version,
        );
        const differ = new ReadingDiffer(4);
        const sample = differ.take(reading, [ID], 1_000, 1_000);
        differ.take({ ...reading, uptimeSeconds: 0 }, [ID], 0, 2_000);
        if (Number.isNaN(sample.memoryUsedBytes)) throw new Error("a memory that is no number");
      },
      { expected },
    ),
  FUZZ_TIMEOUT_MS,
);

test(
  "the sampler's first line",
  () =>
    fuzz(
      "sampler header",
      fc.oneof(hostileText(["h 1 ", "h 2 4", "h "]), fc.string()),
      (line) => void parseHeader(line),
      {
        expected,
      },
    ),
  FUZZ_TIMEOUT_MS,
);

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

test(
  "known_hosts lines are read or passed over",
  () =>
    fuzz(
      "known_hosts",
      fc.tuple(
        hostileText([
          `host ${KEY}\n`,
          `*a*a*a*a*b ${KEY}\n`,
          "@revoked ",
          "|1|",
          "!",
          ",",
          "[host]:22222 ",
          ` ${KEY}\n`,
          "#",
        ]),
        fc.oneof(fc.constantFrom("host", "[host]:22222", "a".repeat(255)), fc.string()),
      ),
      ([text, name]) => {
        for (const entry of parseKnownHosts(text)) entryMatches(entry, name);
      },
    ),
  FUZZ_TIMEOUT_MS,
);
