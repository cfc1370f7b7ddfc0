/**
 * What the list of thousands of runs costs, over reading every record, as it was before the index.
 * `node --import tsx test/bench/run-list.ts [--runs N]`, 5,000 unless told. Prints one JSON object a line, and ends with 1 when a goal is missed.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { currentOwner, openRunStore } from "../../src/main/store/index.ts";
import { type RunRecord, runRecordSchema } from "../../src/shared/domain/index.ts";
import { judge, median, option, tell } from "./figures.ts";

const runs = option("runs", 5_000);
const rounds = 3;

/** A record as a run of 12 services against three boards leaves it. */
function recordOf(index: number): RunRecord {
  const id = `20260101-000000-${String(index).padStart(6, "0")}`;
  return runRecordSchema.parse({
    id,
    stackName: `stack-${index % 20}`,
    file: "/srv/line/compose.yaml",
    files: ["/srv/line/compose.yaml", "/srv/line/compose.override.yaml"],
    services: Array.from({ length: 12 }, (_, service) => `service-${service}`),
    request: {
      file: "/srv/line/compose.yaml",
      targets: [{ kind: "named", name: "rpi-4b-2gb" }],
      durationMs: 1,
      warmUpMs: 0,
    },
    targets: ["rpi-4b-2gb", "rpi-5-4gb", "tachyon"].map((label) => ({
      label,
      name: `The board ${label}`,
      memoryBytes: 2 ** 31,
      cpuCores: 4,
      deviceCoresPerHostCore: 2.5,
      verdict: "fits",
    })),
    status: "finished",
    phase: null,
    currentTarget: 2,
    startedAtMs: index,
    endedAtMs: index + 1,
    verdict: "fits",
    failure: null,
    findings: Array.from({ length: 15 }, (_, finding) => ({
      rule: "compose.unset-variable",
      severity: "warning",
      message: `The variable NUMBER_${finding} is not set. Defaulting to a blank string.`,
      hint: "Set it in .env, or give it a default.",
      place: { file: "/srv/line/compose.yaml", line: finding + 1, column: 3 },
    })),
  });
}

async function timed(action: () => Promise<unknown>): Promise<{ ms: number; cpuMs: number }> {
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await action();
  const ms = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(before);
  return { ms, cpuMs: (user + system) / 1000 };
}

const folder = mkdtempSync(join(tmpdir(), "bayplan-run-list-"));
try {
  const root = join(folder, "runs");
  const owner = currentOwner();
  for (let index = 0; index < runs; index += 1) {
    const record = recordOf(index);
    mkdirSync(join(root, record.id), { recursive: true });
    writeFileSync(join(root, record.id, "run.json"), `${JSON.stringify({ owner, record })}\n`);
  }
  // As it was: every record is read and parsed, one after the other.
  const everyRecord = async () =>
    readdirSync(root)
      .filter((name) => !name.endsWith(".json"))
      .map((name) => runRecordSchema.parse(JSON.parse(readFileSync(join(root, name, "run.json"), "utf8")).record));
  const first = await timed(() => openRunStore(folder).summaries());
  const kept = openRunStore(folder);
  const ways = { before: [] as number[], cold: [] as number[], warm: [] as number[], newest: [] as number[] };
  const times = { before: [] as number[], cold: [] as number[], warm: [] as number[], newest: [] as number[] };
  await kept.summaries();
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, action] of [
      ["before", everyRecord],
      ["cold", () => openRunStore(folder).summaries()],
      ["warm", () => kept.summaries()],
      ["newest", () => openRunStore(folder).list({ limit: 20 })],
    ] as const) {
      const { ms, cpuMs } = await timed(action);
      ways[way].push(cpuMs);
      times[way].push(ms);
    }
  }
  const cpu = (way: keyof typeof ways) => median(ways[way]);
  tell("run-list", {
    runs,
    firstMs: Math.round(first.ms),
    ...Object.fromEntries(Object.entries(times).map(([way, values]) => [`${way}Ms`, Math.round(median(values))])),
  });
  judge(
    "run-list",
    `CPU of a list of ${runs} runs by a new process, over reading every record`,
    cpu("cold") / cpu("before"),
    {
      atMost: 0.4,
    },
  );
  judge("run-list", "the same in a process that has the index", cpu("warm") / cpu("before"), { atMost: 0.2 });
} finally {
  rmSync(folder, { recursive: true });
}
