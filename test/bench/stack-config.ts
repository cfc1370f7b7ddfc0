/**
 * What `bayplan stack config` takes for a stack of 100 services, as a whole process, against `docker-compose config` of
 * Debian's package, in one run and in turn.
 *
 *   tsx test/bench/stack-config.ts [--services 100] [--rounds 9]
 *
 * Prints one JSON object a line, and ends with 1 when the goal is missed. Needs root, and `npm run build` before.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePackages } from "../lab/packages.ts";
import { run } from "../lab/run.ts";
import { judge, median, option, tell } from "./figures.ts";

/** No slower than what people use today. */
const goal = 1;
const services = option("services", 100);
const rounds = option("rounds", 9);

function service(index: number): string {
  return [
    `  service-${index}:`,
    "    image: nginx:1.27",
    "    restart: unless-stopped",
    "    environment:",
    `      NAME: "\${NAME:-number ${index}}"`,
    "      LEVEL: info",
    "    ports:",
    `      - "${10_000 + index}:80"`,
    "    volumes:",
    "      - data:/data:ro",
    "      - ./config:/etc/app",
    "    healthcheck:",
    '      test: ["CMD", "true"]',
    "      interval: 30s",
    "    mem_limit: 64m",
    ...(index === 0 ? [] : ["    depends_on:", `      - service-${index - 1}`]),
    "",
  ].join("\n");
}

async function timed(argv: readonly [string, ...string[]]): Promise<number> {
  const startedMs = performance.now();
  await run(argv);
  return performance.now() - startedMs;
}

await ensurePackages(["docker-compose"]);
const folder = mkdtempSync(join(tmpdir(), "bayplan-bench-config-"));
try {
  const file = join(folder, "compose.yaml");
  const all = Array.from({ length: services }, (_, index) => service(index)).join("");
  writeFileSync(file, `version: "3.8"\nservices:\n${all}volumes:\n  data: {}\n`);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await timed([process.execPath, "out/main/cli.js", "stack", "config", file]));
    theirs.push(await timed(["docker-compose", "-f", file, "config"]));
  }
  tell("stack-config", { services, oursMs: Math.round(median(ours)), dockerComposeMs: Math.round(median(theirs)) });
  judge("stack-config", `time over docker-compose config, ${services} services`, median(ours) / median(theirs), {
    atMost: goal,
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
