/**
 * npm run bench: lists the benchmarks; with names it runs those, with `--all` every one, one after the other, and shows
 * their goals and what was reached in one table. Each is a program of its own in test/bench that compares ways in one run.
 * Arguments behind `--` go to it.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { ensureImages } from "../test/lab/images.ts";
import { ensureLocalEngine } from "../test/lab/lab.ts";

const folder = join(import.meta.dirname, "../test/bench");

interface Bench {
  name: string;
  args: readonly string[];
}

const benches: readonly Bench[] = [
  { name: "first-list", args: [] },
  { name: "engine-over-ssh", args: [] },
  { name: "device-sampler", args: ["20"] },
  { name: "device-sampler", args: ["50"] },
  { name: "sampler", args: ["20"] },
  { name: "sampler", args: ["50"] },
  { name: "spikes", args: [] },
  { name: "fleet-cpu", args: [] },
  { name: "log-store", args: [] },
  { name: "run-list", args: [] },
  { name: "check", args: [] },
  { name: "stack-config", args: [] },
  { name: "run-page", args: [] },
];

/** The line that `judge` of test/bench/figures.ts prints; its other lines say more, and are none of the table's. */
const goalSchema = z.object({
  bench: z.string(),
  what: z.string(),
  reached: z.number().nullable(),
  atMost: z.number().optional(),
  atLeast: z.number().optional(),
  met: z.boolean(),
});
type Goal = z.infer<typeof goalSchema>;

/** The first sentence of a benchmark's opening comment. */
function purpose(name: string): string {
  const source = readFileSync(join(folder, `${name}.ts`), "utf8");
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? "";
  const text = comment
    .replaceAll(/\n \* ?/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}

/** Runs one, its output shown as it comes. */
async function run({ name, args }: Bench, extra: readonly string[]): Promise<{ code: number; goals: Goal[] }> {
  const argv = ["--expose-gc", "--import", "tsx", join(folder, `${name}.ts`), ...args, ...extra];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  const goals: Goal[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    process.stdout.write(`${line}\n`);
    const parsed = goalSchema.safeParse(parseLine(line));
    if (parsed.success) goals.push(parsed.data);
  }
  return { code: await ended, goals };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Not every line of a benchmark is a figure.
    return null;
  }
}

function rowOf({ bench, what, reached, atMost, atLeast, met }: Goal): string[] {
  const goal = atMost !== undefined ? `<= ${shortNumber(atMost)}` : `>= ${shortNumber(atLeast ?? Number.NaN)}`;
  return [bench, what, goal, reached === null ? "nothing" : shortNumber(reached), met ? "met" : "MISSED"];
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const given = process.argv.slice(2);
const extra = given.includes("--") ? given.slice(given.indexOf("--") + 1) : [];
const wanted = given.includes("--") ? given.slice(0, given.indexOf("--")) : given;
const unknown = wanted.find((one) => one !== "--all" && !benches.some(({ name }) => name === one));
if (unknown !== undefined) {
  process.stderr.write(`There is no benchmark "${unknown}".\n`);
  process.exitCode = 2;
} else if (wanted.length === 0) {
  for (const name of new Set(benches.map((bench) => bench.name))) process.stdout.write(`${name}\n  ${purpose(name)}\n`);
  process.stdout.write("\nRun some with: npm run bench -- NAME …, all with: npm run bench -- --all\n");
} else {
  await ensureLocalEngine();
  await ensureImages();
  const rows = [["benchmark", "what", "goal", "reached", ""]];
  for (const bench of benches) {
    if (!wanted.includes("--all") && !wanted.includes(bench.name)) continue;
    process.stdout.write(`\n== ${[bench.name, ...bench.args, ...extra].join(" ")}\n`);
    const { code, goals } = await run(bench, extra);
    rows.push(...goals.map(rowOf));
    if (goals.length === 0) rows.push([bench.name, "ended without a figure", "", "", "FAILED"]);
    // Named at the end is not enough: a goal that was missed must show in the exit code.
    if (code !== 0) process.exitCode = 1;
  }
  const [cpu] = cpus();
  process.stdout.write(
    `\nOn ${cpus().length} x ${cpu?.model.trim() ?? "an unknown processor"}, Node ${process.version}:\n`,
  );
  process.stdout.write(`${table(rows)}\n`);
}
