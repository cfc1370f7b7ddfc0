/**
 * `npm test`: everything, as CI runs it. Ends with a line `N passed, N failed, N skipped` and fails on any failure,
 * on anything left behind, and under CI on a skip that a missing tool caused.
 * `--long` runs the full matrix of every suite, `--only a,b` some of the steps.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { ensureImages } from "../test/lab/images.ts";
import { ensureLocalEngine, findLeftovers, stopLocalEngine } from "../test/lab/lab.ts";
import { ensurePackages, LAB_PACKAGES, TEST_PACKAGES } from "../test/lab/packages.ts";
import { build, runHeld, runStep } from "./run-step.ts";

const resultsFolder = "test-results";
/** What may be skipped anywhere: a real Electron, whose binary cannot be had on every machine, and the long form's virtual machine. */
const skipAllowed = /in a real Electron|a virtual machine/;

const reportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numTotalTests: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).optional() }),
      ),
    }),
  ),
});

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  remarks: string[];
}

const tally: Tally = { passed: 0, failed: 0, skipped: 0, remarks: [] };
const long = process.argv.includes("--long");
const only = process.argv
  .find((word) => word.startsWith("--only="))
  ?.slice("--only=".length)
  .split(",");

async function step(name: string, action: () => Promise<boolean>): Promise<void> {
  if (only !== undefined && !only.includes(name)) return;
  process.stdout.write(`\n== ${name}\n`);
  const startedAtMs = Date.now();
  let ok = false;
  try {
    ok = await action();
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
  process.stdout.write(
    `== ${name}: ${ok ? "ok" : "FAILED"} after ${((Date.now() - startedAtMs) / 1000).toFixed(0)} s\n`,
  );
  if (ok) tally.passed += 1;
  else {
    tally.failed += 1;
    tally.remarks.push(`${name} failed`);
  }
}

const command = (name: string, args: string[]) => step(name, async () => (await runStep("npx", args)) === 0);

/**
 * Integration tests that make no lab: they run beside those that do, since both wait most of the time. There is only one
 * lab at a time, and one measured run: so each lane takes its files one after the other. Whatever is not named here is in
 * the lane of the labs, as is ssh-fallback, which counts the processes of the whole machine.
 */
const makesNoLab = /^(engines|ssh-(?!fallback)|stacks|profiling|log-store|cli-bad-input)\b/;

/** Files that run side by side, a lane each, and those that must be alone: they need the only lab and the only measured run. */
function integrationLanes(): { lanes: string[][]; alone: string[] } {
  const folder = "test/integration";
  const files = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  // A name can be wrong about that, and two labs at once are in each other's way.
  const makesLab = (name: string) => readFileSync(join(folder, name), "utf8").includes("bringUpLab");
  const isAlone = (name: string) => name.startsWith("profiling") && makesLab(name);
  const isBeside = (name: string) => makesNoLab.test(name) && !makesLab(name);
  const paths = (wanted: (name: string) => boolean) => files.filter(wanted).map((name) => join(folder, name));
  return {
    lanes: [paths((name) => !isBeside(name) && !isAlone(name)), paths(isBeside)],
    alone: paths(isAlone),
  };
}

/**
 * Runs one vitest project and counts its tests; one without a single test is a failure. `lanes`: files that run side by
 * side, each lane in a vitest of its own; all files in one unless given. `title`: what its report is called.
 */
async function suite(project: string, lanes: readonly (readonly string[])[] = [[]], title = project): Promise<void> {
  if (only !== undefined && !only.includes(project)) return;
  process.stdout.write(`\n== ${title}\n`);
  const env = { ...process.env, BAYPLAN_TEST_LONG: long ? "1" : "" };
  await Promise.all(
    lanes.map(async (files, at) => {
      const name = at === 0 ? title : `${title}-${at + 1}`;
      const report = join(resultsFolder, `${name}.json`);
      rmSync(report, { force: true });
      const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
      const argv = ["vitest", "run", "--project", project, ...reporters, ...files];
      if (at === 0) {
        count(name, await runStep("npx", argv, env), report);
      } else {
        const { code, output } = await runHeld("npx", argv, env);
        process.stdout.write(`\n== ${name}\n${output}`);
        count(name, code, report);
      }
    }),
  );
}

function count(project: string, code: number, report: string): void {
  const parsed = reportSchema.safeParse(readReport(report));
  if (!parsed.success) {
    tally.failed += 1;
    tally.remarks.push(`${project} gave no report`);
    return;
  }
  const results = parsed.data.testResults.flatMap((file) => file.assertionResults);
  tally.passed += parsed.data.numPassedTests;
  tally.failed += parsed.data.numFailedTests;
  // A file that could not even be loaded has no failing test of its own, and an unhandled error none at all.
  const brokenFiles = parsed.data.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
  );
  tally.failed += brokenFiles.length;
  for (const file of brokenFiles) tally.remarks.push(`${file.name}: ${file.message ?? "could not be run"}`);
  if (code !== 0 && parsed.data.numFailedTests + brokenFiles.length === 0) {
    tally.failed += 1;
    tally.remarks.push(`${project} ended with exit code ${code} though no test failed`);
  }
  if (results.length === 0) {
    tally.failed += 1;
    tally.remarks.push(`${project} ran no test`);
  }
  for (const test of results) {
    // The end of a long output is what is kept of it, so what went wrong is said there once more.
    if (test.status === "failed") tally.remarks.push(`failed: ${test.fullName}`, ...(test.failureMessages ?? []));
    if (test.status !== "skipped" && test.status !== "pending" && test.status !== "todo") continue;
    tally.skipped += 1;
    tally.remarks.push(`skipped: ${test.fullName}`);
    if (process.env.CI !== undefined && !skipAllowed.test(test.fullName)) {
      tally.failed += 1;
      tally.remarks.push(`a skip is a failure here: ${test.fullName}`);
    }
  }
}

function readReport(report: string): unknown {
  try {
    return JSON.parse(readFileSync(report, "utf8"));
  } catch (error) {
    return error;
  }
}

mkdirSync(resultsFolder, { recursive: true });
await step("packages", async () => {
  await ensurePackages([...LAB_PACKAGES, ...TEST_PACKAGES, "chromium", "fonts-liberation"]);
  return true;
});
await command("types", ["tsc", "-p", "tsconfig.node.json"]);
await command("types of the renderer", ["tsc", "-p", "tsconfig.web.json"]);
await command("types of the preload", ["tsc", "-p", "tsconfig.preload.json"]);
await command("types of the tests", ["tsc", "-p", "tsconfig.test.json"]);
await command("layers", ["tsx", "scripts/layers.ts", "--check"]);
await command("lint", ["biome", "check", "."]);
await step("build", async () => {
  await build();
  return true;
});
await suite("unit");
await suite("contract");
await suite("fuzz");
await step("engine and images", async () => {
  await ensureLocalEngine();
  await ensureImages();
  return true;
});
await suite("lab");
const { lanes, alone } = integrationLanes();
await suite("integration", lanes);
await suite("integration", [alone], "integration-alone");
await suite("e2e");
await step("nothing left behind", async () => {
  await stopLocalEngine();
  const left = await findLeftovers();
  for (const thing of left) process.stdout.write(`left: ${thing}\n`);
  return left.length === 0;
});

for (const remark of tally.remarks) process.stdout.write(`${remark}\n`);
process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped\n`);
process.exitCode = tally.failed === 0 ? 0 : 1;
