import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import * as z from "zod";
import { openStack, prepareHere } from "../../src/main/stacks/index.ts";
import { scanners } from "../../src/main/stacks/scan/scanners.ts";
import { cookiesForAnyHost } from "../../src/main/stacks/stand-ins/serving/display-cookies.ts";
import { AppError } from "../../src/shared/domain/index.ts";
import { grypeAnswer, trivyAnswer } from "../unit/stacks/scan/answers.ts";
import { FUZZ_TIMEOUT_MS, fuzzFile, hostileText, mutated } from "./fuzz.ts";

const COMPOSE = `name: t
services:
  gps: { image: g, devices: ["/dev/no-tty:/dev/ttyUSB0"], volumes: ["/run/bus:/bus"] }
  web: { image: w, depends_on: { gps: { condition: service_healthy } } }
`;

const BAYPLAN = `rules: { image.latest: off }
local:
  environment: { A: b, N: 1.5 }
  devices:
    /dev/no-tty: { serial: "tcp://127.0.0.1:5000", every: 10ms }
    /dev/video0: omit
  binds: { /run/bus: omit }
  services:
    gps: { image: ./fake, command: "play -x 'a b'", environment: { X: 1 } }
    web: { omit: true }
`;

const WORDS = [
  "local:\n",
  "  devices:\n",
  "    /dev/no-tty: omit\n",
  "{serial: x}",
  "  binds:\n",
  "    /run: ./\n",
  "  services:\n",
  "    gps: {omit: true}\n",
  "__proto__: {}\n",
  "constructor: 1\n",
  "null",
  "[]",
  "*x",
  "&x ",
  "tcp://",
  "'",
];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fuzz-bayplan-file-"));
});
afterAll(() => rm(folder, { recursive: true }));

test(
  "bayplan.yaml gives stand-ins or an AppError",
  async () => {
    await writeFile(join(folder, "compose.yaml"), COMPOSE);
    const opened = await openStack(join(folder, "compose.yaml"), {});
    const board = { model: null, platform: null };
    await fuzzFile(
      "bayplan.yaml",
      fc.oneof(
        mutated(fc.constant(Buffer.from(BAYPLAN))),
        hostileText(WORDS).map((text) => Buffer.from(text)),
      ),
      async (text) => {
        await writeFile(join(folder, "bayplan.yaml"), text);
        const made = await prepareHere({ opened, desktop: false, board, environment: {} });
        if (made.stack.services.length === 0) throw new Error("a stack without services");
      },
      { expected: (error) => error instanceof AppError },
    );
  },
  FUZZ_TIMEOUT_MS,
);

test(
  "answers of scanners are read, or are no answers",
  async () => {
    const answers = [trivyAnswer, grypeAnswer];
    await fuzzFile(
      "scanners",
      fc.oneof(...answers.map((answer) => mutated(fc.constant(Buffer.from(answer))))),
      (bytes) => {
        for (const scanner of scanners) {
          try {
            scanner.read(bytes.toString("utf8"));
          } catch (error) {
            if (!(error instanceof SyntaxError || error instanceof z.ZodError || error instanceof RangeError))
              throw error;
          }
        }
      },
    );
  },
  FUZZ_TIMEOUT_MS,
);

test(
  "cookies of a display are read from any bytes, and none grows",
  async () => {
    await fuzzFile("cookies", fc.uint8Array({ maxLength: 400 }), (bytes) => {
      if (cookiesForAnyHost(Buffer.from(bytes)).length > bytes.length) throw new Error("more bytes than there were");
    });
  },
  FUZZ_TIMEOUT_MS,
);
