/** What an engine with the Docker API answers: lists, inspections, refusals, and its streams of JSON. */
import { Readable } from "node:stream";
import fc from "fast-check";
import { test } from "vitest";
import {
  containerAnswer,
  containerListAnswer,
  infoAnswer,
  versionAnswer,
} from "../../src/main/engines/docker-api/answers.ts";
import { negotiateApiVersion } from "../../src/main/engines/docker-api/api-version.ts";
import { containerFrom, inspectionFrom } from "../../src/main/engines/docker-api/container-answer.ts";
import { refusalError, refusalWords, unreadableAnswer } from "../../src/main/engines/docker-api/engine-errors.ts";
import { engineInfoFrom } from "../../src/main/engines/docker-api/engine-info.ts";
import { eventFrom } from "../../src/main/engines/docker-api/events.ts";
import { jsonLines } from "../../src/main/engines/docker-api/json-lines.ts";
import { parseOutsideJson } from "../../src/main/engines/outside-text.ts";
import { AppError, containerSchema, engineInfoSchema } from "../../src/shared/domain/index.ts";
import { containerAnswers, goodInfo, goodVersion } from "../integration/hostile-engine.ts";
import { chunked, FUZZ_TIMEOUT_MS, fuzz, hostileText, mutated } from "./fuzz.ts";

const { listed, inspected } = containerAnswers("8f3b", {
  name: "web",
  labels: { "com.docker.compose.project": "plant", "com.docker.compose.service": "web" },
});
const ANSWERS = [
  [{ ...listed, Ports: [{ IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" }] }],
  { ...inspected, HostConfig: { Memory: 1024, NanoCpus: 5e8, CpuQuota: 1, CpuPeriod: 2 } },
  goodVersion,
  goodInfo,
  {
    Type: "container",
    Action: "health_status: healthy",
    Actor: { ID: "8f3b", Attributes: { exitCode: "137" } },
    time: 1,
  },
].map((answer) => Buffer.from(JSON.stringify(answer)));

/** Whatever was said, what a person is shown of it is for people. */
function expected(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  if (error.message.length > 2_000) throw new Error(`a message of ${error.message.length} characters`);
  if (/[^\P{Cc}\n]/u.test(error.message)) throw new Error(`a message that steers: ${JSON.stringify(error.message)}`);
  return true;
}

const JSON_WORDS = [
  "{",
  "}",
  "[",
  "]",
  ",",
  '"Id":',
  '"__proto__":{}',
  '"Labels":{"a":',
  "null",
  '"\\u0000\\u001b"',
  "1e999",
  "-0",
];

test(
  "an answer of an engine is what its schema says, or is refused in a sentence",
  () =>
    fuzz(
      "engine answers",
      fc.oneof(
        mutated(fc.constantFrom(...ANSWERS)).map((bytes) => bytes.toString("utf8")),
        hostileText(JSON_WORDS),
      ),
      (text) => {
        expected(refusalError({ status: 500, words: refusalWords(text) }, "Container web", null));
        let value: unknown;
        try {
          value = parseOutsideJson(text);
        } catch (error) {
          throw unreadableAnswer("Containers", error);
        }
        const list = containerListAnswer.safeParse(value);
        if (!list.success) expected(unreadableAnswer("Containers", list.error));
        const one = containerAnswer.safeParse(value);
        if (one.success) {
          containerSchema.parse(containerFrom(list.success ? (list.data[0] ?? listedOf()) : listedOf(), one.data));
          inspectionFrom(one.data);
        }
        for (const entry of list.success ? list.data : [])
          containerSchema.parse(containerFrom(entry, containerAnswer.parse(inspected)));
        const version = versionAnswer.safeParse(value);
        const info = infoAnswer.safeParse(value);
        if (version.success) negotiateApiVersion(version.data);
        if (info.success)
          engineInfoSchema.parse(
            engineInfoFrom(versionAnswer.parse(goodVersion), info.data, "1.45", "/run/docker.sock"),
          );
        eventFrom(value);
      },
      { expected },
    ),
  FUZZ_TIMEOUT_MS,
);

function listedOf() {
  return { Id: "x", Names: null, Labels: {}, Ports: null };
}

test(
  "a stream of JSON gives the same values however it is cut, or ends with a sentence",
  () =>
    fuzz(
      "json lines",
      fc.tuple(
        fc.oneof(
          mutated(fc.array(fc.constantFrom(...ANSWERS), { maxLength: 8 }).map((all) => Buffer.from(all.join("\r\n")))),
          hostileText([...JSON_WORDS, "\n", "\r\n"]).map((text) => Buffer.from(text)),
        ),
        fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 300 }),
      ),
      async ([bytes, cuts]) => {
        const read = async (chunks: readonly Buffer[]): Promise<string> => {
          const values: unknown[] = [];
          try {
            for await (const value of jsonLines(Readable.from(chunks))) values.push(value);
          } catch (error) {
            if (!expected(error)) throw error;
            values.push(String(error));
          }
          return JSON.stringify(values);
        };
        if ((await read([bytes])) !== (await read(chunked(bytes, cuts))))
          throw new Error("other values in other chunks");
      },
      { expected },
    ),
  FUZZ_TIMEOUT_MS,
);
