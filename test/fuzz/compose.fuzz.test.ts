import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { openStack, requireStack } from "../../src/main/stacks/index.ts";
import { AppError } from "../../src/shared/domain/index.ts";
import { FUZZ_TIMEOUT_MS, fuzz, hostileText, mutated } from "./fuzz.ts";

const COMPOSE = `name: demo
x-common: &common
  restart: unless-stopped
  mem_limit: 64m
services:
  web:
    <<: *common
    image: nginx:\${TAG:-1.25}
    ports: ["8080:80", "127.0.0.1:9000-9005:9000-9005/udp"]
    environment:
      - A=\${B:?must be set}
      - C
    volumes: ["data:/data:ro", "./here:/there"]
    depends_on: { db: { condition: service_healthy } }
    healthcheck: { test: ["CMD", "true"], interval: 1m30s, retries: 3 }
    deploy: { resources: { limits: { cpus: "0.5", memory: 1gb } } }
    command: sh -c "echo 'a b' \\$\\$x"
  db:
    build: { context: ., args: { X: 1 } }
    labels: { a.b: "c" }
volumes: { data: {} }
networks: { default: { driver: bridge } }
`;

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of a compose file.
const WORDS = [
  "services:\n",
  "  web:\n",
  "    image: a\n",
  "    build: .\n",
  "    ports: [",
  "    environment:\n",
  "      - A=${B}\n",
  "${A:-${B:-${C",
  "$$",
  "<<: *x\n",
  "&x ",
  "*x",
  "!!binary ",
  "? ",
  "- ",
  "[",
  "{",
  "}",
  "]",
  '"',
  "|\n",
  "---\n",
  "    deploy: { resources: { limits: { memory: 1",
  "    depends_on: [web]\n",
  "__proto__: 1\n",
  "constructor:\n",
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: end.

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-fuzz-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const file = fc.oneof(
  mutated(fc.constant(Buffer.from(COMPOSE))),
  hostileText(WORDS).map((text) => Buffer.from(text)),
  hostileText(WORDS).map((text) => Buffer.from(`services:\n  web:\n    image: a\n${text}`)),
);

test(
  "a compose file is a stack or findings with places, whatever is in it",
  () =>
    fuzz(
      "compose",
      file,
      async (bytes) => {
        const path = join(folder, "compose.yaml");
        await writeFile(path, bytes);
        const opened = await openStack(path, { B: "1" });
        if (opened.stack === null && opened.findings.length === 0) throw new Error("no stack, and nothing says why");
        if (JSON.stringify(opened.findings).length > 4 * 1024 * 1024) throw new Error("findings without a bound");
        if (opened.stack === null) requireStack(opened);
      },
      // Hundreds of thousands of errors in one file take seconds to list: a longer run meets them, and is no part of every CI.
      { expected: (error) => error instanceof AppError, usualSeconds: 4 },
    ),
  FUZZ_TIMEOUT_MS,
);
