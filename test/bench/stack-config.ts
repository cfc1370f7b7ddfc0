/**
 * CPU time of `bayplan stack config` for a stack of 100 services, as a whole process, against `docker-compose config` of
 * Debian's package, in one run and in turn. The least of each counts: other work makes the same work dearer, never cheaper.
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
import { judge, option, tell } from "./figures.ts";

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

/** Milliseconds of CPU of a program and of what it starts. */
async function cpuMs(argv: readonly string[]): Promise<number> {
  const said = await run(["bash", "-c", 'TIMEFORMAT="%U %S"; { time "$@" > /dev/null 2>&1; } 2>&1', "bash", ...argv]);
  const [user = Number.NaN, system = Number.NaN] = said.trim().split(" ").map(Number);
  return (user + system) * 1_000;
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
    ours.push(await cpuMs([process.execPath, "out/main/cli.js", "stack", "config", file]));
    theirs.push(await cpuMs(["docker-compose", "-f", file, "config"]));
  }
  const [least, theirLeast] = [Math.min(...ours), Math.min(...theirs)];
  tell("stack-config", { services, oursCpuMs: Math.round(least), dockerComposeCpuMs: Math.round(theirLeast) });
  judge("stack-config", `CPU over docker-compose config, ${services} services`, least / theirLeast, { atMost: goal });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
