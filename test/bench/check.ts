/**
 * What `check` costs beside reading the file: `tsx test/bench/check.ts [SERVICES]`, 100 services unless told.
 * Both in one run, in turns; the exit code is 1 when checking takes over three times as long as reading alone.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject } from "../../src/main/stacks/compose/open-project.ts";
import { checkStack, fixStack } from "../../src/main/stacks/index.ts";
import { judge, median, tell } from "./figures.ts";

const rounds = 15;
const most = 3;

export interface CheckFigures {
  services: number;
  lines: number;
  findings: number;
  fixed: number;
  readMs: number;
  checkMs: number;
  fixMs: number;
  /** Checking over reading the file alone. */
  checkRatio: number;
  fixRatio: number;
}

/** A service in which most rules have something to say. */
function service(index: number): string {
  return [
    `  service-${index}: # number ${index}`,
    `    image: ${["postgres:16", "redis", "site/worker:1.4.2", "eclipse-mosquitto:2"][index % 4]}`,
    "    environment:",
    "      UPLINK_TOKEN: a-b-c",
    `      NAME: "\${NAME:-${index}}"`,
    "    ports:",
    `      - "${10_000 + index}:5432"`,
    "    volumes:",
    "      - /run/dbus:/run/dbus:ro",
    "      - ./missing:/config",
    `    depends_on: ${index === 0 ? "[]" : `{ service-${index - 1}: { condition: service_healthy } }`}`,
    "    mem_limit: 64m",
    "",
  ].join("\n");
}

async function timed(work: () => Promise<unknown>, times: number[]): Promise<void> {
  const startedMs = performance.now();
  await work();
  times.push(performance.now() - startedMs);
}

export async function measureCheck(services: number): Promise<CheckFigures> {
  const folder = mkdtempSync(join(tmpdir(), "bayplan-bench-check-"));
  try {
    const file = join(folder, "compose.yaml");
    const text = `services:\n${Array.from({ length: services }, (_, index) => service(index)).join("")}`;
    writeFileSync(file, text);
    const request = { file, target: "docker" as const, device: null, environment: {} };
    const alone = { files: [file], folder: null, name: null, profiles: null, envFiles: null, environment: {} };
    const read: number[] = [];
    const check: number[] = [];
    const fix: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await timed(() => openProject(alone, () => undefined), read);
      await timed(() => checkStack(request), check);
      await timed(() => fixStack(request), fix);
    }
    const found = await fixStack(request);
    const [readMs, checkMs, fixMs] = [median(read), median(check), median(fix)];
    return {
      services,
      lines: text.split("\n").length - 1,
      findings: found.before.checked.length,
      fixed: found.fixed,
      readMs,
      checkMs,
      fixMs,
      checkRatio: checkMs / readMs,
      fixRatio: fixMs / readMs,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const wanted = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 100);
  const figures = await measureCheck(wanted);
  tell("check", { ...figures });
  judge("check", `checking over reading, ${figures.services} services`, figures.checkRatio, { atMost: most });
}

if (process.argv[1]?.endsWith("check.ts")) await main();
