import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sarifSchema } from "../../../../src/main/doors/cli/reports/sarif-schema.ts";
import { checkResultSchema } from "../../../../src/shared/domain/index.ts";
import { runCommand } from "./run-command.ts";

const stack = "services:\n  a: { image: redis:7.2.5, tmpfs: /data, mem_limit: 512m, cpus: 2 } # kept\n";

let folder: string;
let file: string;
let home: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-check-"));
  file = join(folder, "compose.yaml");
  home = process.env.BAYPLAN_HOME;
  process.env.BAYPLAN_HOME = join(folder, "home");
});
beforeEach(() => writeFile(file, stack));
afterAll(async () => {
  if (home === undefined) delete process.env.BAYPLAN_HOME;
  else process.env.BAYPLAN_HOME = home;
  await rm(folder, { recursive: true });
});

async function found(...words: string[]) {
  const { code, text } = await runCommand(["check", file, "--format", "json", ...words]);
  const result = checkResultSchema.parse(JSON.parse(text));
  return { code, result, rules: result.findings.map(({ rule }) => rule) };
}

test("0 while nothing counts as an error, 1 as soon as something does", async () => {
  expect(await found()).toMatchObject({
    code: 0,
    rules: ["restart.missing", "logs.no-rotation", "limits.swap"],
  });
  const { code, rules } = await found("--device", "rpi-zero-w");
  expect(code).toBe(1);
  expect(rules).toEqual(expect.arrayContaining(["fit.cpus", "fit.limits", "device.memory-limits-ignored"]));
  await writeFile(file, "services:\n  a: { image: redis:7.2.5, nonsense: 1 }\n");
  expect(await found()).toMatchObject({ code: 1, rules: ["compose.unknown-key"] });
});

test("a target has rules of its own", async () => {
  expect((await found("--target", "kanto")).rules).toEqual(
    expect.arrayContaining(["kanto.image-host", "kanto.no-cpu-limit"]),
  );
  expect((await found("--target", "telemetryos")).code).toBe(1);
});

test("what is no input is a failure with what to do", async () => {
  const failing = (...words: string[]) => runCommand(["check", ...words]);
  await expect(failing(join(folder, "none.yaml"))).rejects.toMatchObject({ code: "not-found" });
  await expect(failing(file, "--device", "rpi-4")).rejects.toMatchObject({ code: "not-found" });
  await expect(failing(file, "--dry-run")).rejects.toMatchObject({ code: "bad-input" });
  await expect(failing(file, "--target", "cloud")).rejects.toMatchObject({ exitCode: 1 });
  await writeFile(join(folder, "bayplan.yaml"), "rules: { nix: off }\n");
  await expect(failing(file)).rejects.toMatchObject({ code: "bad-input" });
  await rm(join(folder, "bayplan.yaml"));
});

test("every format has every finding", async () => {
  const { result } = await found();
  const sarif = await runCommand(["check", file, "--format", "sarif"]);
  expect(sarifSchema.parse(JSON.parse(sarif.text)).runs[0]?.results).toHaveLength(result.findings.length);
  const github = await runCommand(["check", file, "--format", "github"]);
  expect(github.text.match(/^::(?:warning|notice) /gm)).toHaveLength(result.findings.length);
  const text = await runCommand(["check", file]);
  for (const { rule } of result.findings) expect(text.text).toContain(`[${rule}]`);
  const json = await runCommand(["check", file], { json: true });
  expect(JSON.parse(json.text)).toEqual(result);
});

test("--fix --dry-run shows the change, --fix makes it, a second time there is none", async () => {
  const shown = await found("--fix", "--dry-run");
  expect(await readFile(file, "utf8")).toBe(stack);
  expect(shown.result.fixes).toMatchObject({ written: false, fixed: 3, left: [] });
  expect(shown.rules).toHaveLength(3);
  const { result } = await found("--fix");
  expect(result.fixes?.files).toEqual(shown.result.fixes?.files);
  expect(result.findings).toEqual([]);
  const written = await readFile(file, "utf8");
  expect(written).toContain("restart: unless-stopped");
  expect(written).toContain("} # kept\n");
  expect((await found("--fix")).result.fixes).toMatchObject({ files: [], fixed: 0 });
  expect(await readFile(file, "utf8")).toBe(written);
});

test("--scan without a scanner says so in every format, and the exit code is that of the other findings", async () => {
  const path = process.env.PATH;
  process.env.PATH = folder;
  try {
    const { code, result } = await found("--scan");
    expect(code).toBe(0);
    expect(result.scan).toEqual({ state: "not-scanned", reason: "neither trivy nor grype is installed" });
    const said = async (format: string) => (await runCommand(["check", file, "--scan", "--format", format])).text;
    expect(await said("text")).toContain("Not scanned: neither trivy nor grype is installed.");
    expect(await said("github")).toContain("::warning title=scan.not-scanned::The images were not scanned");
    const { runs } = sarifSchema.parse(JSON.parse(await said("sarif")));
    expect(runs[0]?.results.at(0)).toMatchObject({ ruleId: "scan.not-scanned", level: "warning" });
    await expect(runCommand(["check", file, "--scan", "--fix"])).rejects.toMatchObject({ code: "bad-input" });
  } finally {
    process.env.PATH = path;
  }
  expect((await found()).result.scan).toBeNull();
});
