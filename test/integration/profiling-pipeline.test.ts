import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { XMLValidator } from "fast-xml-parser";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import {
  fitMatrixSchema,
  profileResultSchema,
  runRecordSchema,
  seriesResultSchema,
} from "../../src/shared/domain/index.ts";
import { ensureImages } from "../lab/images.ts";
import { ensureLocalEngine } from "../lab/lab.ts";
import { bayplan, type CommandResult, startBayplan } from "./bayplan-command.ts";
import { forgetOthersContainers, leftContainers } from "./profiling-bench.ts";

const docs = join(import.meta.dirname, "../../docs");

let folder: string;

beforeAll(async () => {
  await ensureLocalEngine();
  await ensureImages();
  forgetOthersContainers();
  folder = await mkdtemp(join(tmpdir(), "bayplan-pipeline-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  expect(leftContainers()).toEqual([]);
});

/** The command of docs/ci.md, as its first block says it. */
async function documentedArguments(): Promise<string[]> {
  const text = await readFile(join(docs, "ci.md"), "utf8");
  const command = /```sh\n(bayplan [^\n]+)\n```/.exec(text)?.[1];
  if (command === undefined) throw new Error("docs/ci.md has no command.");
  return command.split(" ").slice(1);
}

/** A project with a stack that holds 40 MiB, and what its team asks of it. */
async function project(name: string, settings: string): Promise<string> {
  const at = join(folder, name);
  await mkdir(at, { recursive: true });
  const hold = "import time\\nheld=bytearray(40<<20)\\nwhile True: time.sleep(0.2)";
  await writeFile(
    join(at, "stack.yaml"),
    [
      `name: pipeline-${process.pid}-${name}`,
      "services:",
      "  holder:",
      "    image: bayplan-lab/gateway:1",
      "    init: true",
      `    command: [python3, -c, "${hold}"]`,
    ].join("\n"),
  );
  await writeFile(join(at, "bayplan.yaml"), settings);
  return at;
}

const run = (at: string, args: string[]): Promise<CommandResult> =>
  bayplan(args, { home: join(folder, "home"), cwd: at });

const settings = (gates: string) =>
  `stack: stack.yaml
budgets: ["memory=256MiB,cpus=1"]
duration: 22s
warmUp: 1s
thresholds:
  minSteadySeconds: 20
gates:
${gates}`;

test("the command of the docs does all of it: a missed gate is exit 1, with a failure in JUnit and its sentence in the comment", async () => {
  const at = await project("missed", settings("  memoryHeadroom: 95%\n  startup: 60s\n"));
  const { code, stderr } = await run(at, await documentedArguments());
  expect(code, stderr).toBe(1);
  expect((await readdir(at)).sort()).toEqual([
    "bayplan.html",
    "bayplan.md",
    "bayplan.xml",
    "bayplan.yaml",
    "stack.yaml",
  ]);
  const junit = await readFile(join(at, "bayplan.xml"), "utf8");
  expect(XMLValidator.validate(junit)).toBe(true);
  expect(junit).toMatch(/name="gate memoryHeadroom">\s*<failure [^>]*of at least 95%/);
  expect(junit).toMatch(/name="gate startupSeconds">\s*<system-out>/);
  expect(await readFile(join(at, "bayplan.md"), "utf8")).toMatch(/❌ \| memoryHeadroom \| Memory keeps \d+% free/);
  expect(await readFile(join(at, "bayplan.html"), "utf8")).toMatch(/<svg .*<polygon/s);
});

test("gates that are passed let it go on, and the JSON is what its schema says", async () => {
  const at = await project("passed", settings("  memoryHeadroom: 50%\n"));
  const { code, stdout, stderr } = await run(at, ["profile", "--format", "json"]);
  const schema: unknown = JSON.parse(await readFile(join(docs, "schemas/profile-v1.json"), "utf8"));
  const validate = new Ajv2020({ strict: false }).compile(z.record(z.string(), z.unknown()).parse(schema));
  const json: unknown = JSON.parse(stdout);
  expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
  const result = profileResultSchema.parse(json);
  expect(result.targets[0]?.gates).toMatchObject([{ name: "memoryHeadroom", passed: true, limit: 0.5 }]);
  expect(result.rules.minSteadySeconds).toBe(20);
  // A machine that is busy with something else cannot judge CPU, and says so.
  const busy = result.targets[0]?.axes.cpu?.verdict === "unknown";
  expect(code, stderr).toBe(busy ? 5 : 0);

  const matrix = await run(at, ["--json", "fit", result.runId]);
  expect(matrix.code, matrix.stderr).toBe(0);
  const { cells } = fitMatrixSchema.parse(JSON.parse(matrix.stdout));
  expect(cells[0]).toMatchObject({ projected: false, device: { kind: "custom" } });
  expect(cells.find(({ device }) => device.label === "rpi-4b-8gb")?.axes.memory?.verdict).toBe("fits");

  const named = await run(at, ["fit", result.runId, "--budget", "memory=16MiB,cpus=1"]);
  expect([named.code, named.stdout]).toEqual([1, expect.stringContaining("Does not fit")]);
});

test("repeats are runs of one series: the worst counts, the spread is printed, and Ctrl-C ends the whole series", async () => {
  const at = await project(
    "repeats",
    settings("  memoryHeadroom: 50%\n").replace("duration: 22s", "duration: 2s\nrepeat: 2"),
  );
  const { code, stdout, stderr } = await run(at, ["profile", "--json", "--report", "markdown=out.md"]);
  // Two seconds of steady time say nothing.
  expect(code, stderr).toBe(5);
  const { series, runId } = z.looseObject({ series: seriesResultSchema, runId: z.string() }).parse(JSON.parse(stdout));
  expect(series).toMatchObject({ wanted: 2, verdict: "unknown", worstRunId: runId });
  expect(series.targets[0]?.memoryPeakBytes?.count).toBe(2);
  expect(series.targets[0]?.memoryPeakBytes?.min).toBeGreaterThan(40 * 1024 * 1024);
  expect(await readFile(join(at, "out.md"), "utf8")).toContain("**Repeats**: 2 of 2 runs, answers: unknown 2.");

  const child = startBayplan(["profile", "--repeat", "9"], { home: join(folder, "home"), cwd: at });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (said.includes("Run 2 of 9")) child.kill("SIGINT");
  });
  expect(await new Promise((resolve) => child.once("exit", resolve)), said).toBe(130);
  const kept = runRecordSchema.array().parse(JSON.parse((await run(at, ["--json", "runs"])).stdout).runs);
  const cancelled = kept.filter((record) => record.series !== null && record.series.of === 9);
  expect(cancelled.map(({ status, series: place }) => [status, place?.index])).toEqual([
    ["cancelled", 2],
    ["finished", 1],
  ]);
});

test("what cannot be done is said before anything is measured", async () => {
  const at = await project("wrong", settings("  memoryHeadroom: 150%\n"));
  const wrong = await run(at, ["profile"]);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("bayplan.yaml:8:3: `gates.memoryHeadroom`")]);
  const nothing = await project("nothing", "stack: stack.yaml\n");
  const open = await run(nothing, ["profile"]);
  expect([open.code, open.stderr]).toEqual([2, expect.stringContaining("nothing to judge")]);
  const report = await run(nothing, ["profile", "--budget", "memory=64MiB", "--report", "pdf=out.pdf"]);
  expect([report.code, report.stderr]).toEqual([2, expect.stringContaining("junit=out.xml")]);
  const unknown = await run(nothing, ["fit", "no-such-run"]);
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("There is no run no-such-run")]);
});
