/**
 * npm run bench: lists the benchmarks; with names it runs those, with `--all` every one, one after the other. Each is a
 * program of its own in test/bench that compares ways in one run and prints JSON lines. Arguments behind `--` go to it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runStep } from "./run-step.ts";

const folder = join(import.meta.dirname, "../test/bench");

interface Bench {
  name: string;
  args: readonly string[];
}

const benches: readonly Bench[] = [
  { name: "engine-over-ssh", args: ["--gate"] },
  { name: "sampler", args: ["20"] },
  { name: "sampler", args: ["50"] },
  { name: "fleet-cpu", args: ["--gate"] },
  { name: "check", args: ["--gate"] },
];

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
  for (const { name, args } of benches) {
    if (!wanted.includes("--all") && !wanted.includes(name)) continue;
    process.stdout.write(`\n== ${name} ${[...args, ...extra].join(" ")}\n`);
    const code = await runStep("npx", ["tsx", join(folder, `${name}.ts`), ...args, ...extra]);
    // Named at the end is not enough: a goal that was missed must show in the exit code.
    if (code !== 0) process.exitCode = 1;
  }
}
