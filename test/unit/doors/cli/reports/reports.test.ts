import { join } from "node:path";
import { expect, test } from "vitest";
import { githubReport } from "../../../../../src/main/doors/cli/reports/github-report.ts";
import { sarifReport } from "../../../../../src/main/doors/cli/reports/sarif-report.ts";
import { sarifSchema } from "../../../../../src/main/doors/cli/reports/sarif-schema.ts";
import { textReport } from "../../../../../src/main/doors/cli/reports/text-report.ts";
import { type CheckFinding, type CheckResult, checkResultSchema } from "../../../../../src/shared/domain/index.ts";

const here = (name: string) => join(process.cwd(), name);

function finding(changes: Partial<CheckFinding>): CheckFinding {
  return {
    rule: "image.latest",
    severity: "warning",
    message: "It moves.",
    hint: "Pin it.",
    place: { file: here("stacks/my line/compose.yaml"), line: 3, column: 5 },
    source: "https://example.com/pin",
    fixable: false,
    ...changes,
  };
}

function result(findings: CheckFinding[], changes: Partial<CheckResult> = {}): CheckResult {
  return checkResultSchema.parse({
    file: here("compose.yaml"),
    target: "docker",
    findings,
    ignored: 0,
    fit: null,
    fixes: null,
    rules: [
      { id: "image.latest", severity: "warning", title: "An image moves.", source: "https://example.com/pin" },
      { id: "image.no-digest", severity: "off", title: "No digest.", source: "a document" },
    ],
    ...changes,
  });
}

const odd = finding({
  rule: "compose.bad-value",
  severity: "error",
  message: "100% wrong:\nfile=a,line=2::error::",
  hint: null,
  place: { file: "/elsewhere/a,b:c.yaml", line: 1, column: 2 },
});
const placeless = finding({ rule: "check.more", severity: "info", place: null, hint: null, message: "More." });

test("text: place, severity, sentence and rule; the advice below; the sum at the end", () => {
  const text = textReport(result([finding({ fixable: true }), odd, placeless], { ignored: 2 }));
  expect(text.split("\n")).toEqual([
    "stacks/my line/compose.yaml:3:5: warning: It moves. [image.latest]",
    "    Pin it.",
    "/elsewhere/a,b:c.yaml:1:2: error: 100% wrong:",
    "file=a,line=2::error:: [compose.bad-value]",
    "info: More. [check.more]",
    "1 error, 1 warning, 1 remark, 2 silenced in the file. --fix mends 1.",
  ]);
  expect(textReport(result([]))).toBe("Nothing found.");
});

test("text: what the services ask for against what the device has", () => {
  const fit = {
    device: "Raspberry Pi 4 Model B 2GB",
    memorySource: "measured",
    budgetBytes: 1024 ** 3,
    limitBytes: 256 * 1024 ** 2,
    reservedBytes: 0,
    unlimited: ["a"],
  };
  expect(textReport(result([], { fit }))).toContain(
    "Memory on Raspberry Pi 4 Model B 2GB: 1.00 GiB for the stack; limits 256 MiB, 1 service without a limit; reserved 0 B.",
  );
  expect(textReport(result([], { fit: { ...fit, budgetBytes: null, unlimited: [] } }))).toContain(
    "unknown for the stack",
  );
});

test("github: one command a line, whatever the message holds", () => {
  expect(githubReport(result([finding({}), odd, placeless])).split("\n")).toEqual([
    "::warning file=stacks/my line/compose.yaml,line=3,col=5,title=image.latest::It moves. Pin it.",
    "::error file=/elsewhere/a%2Cb%3Ac.yaml,line=1,col=2,title=compose.bad-value::100%25 wrong:%0Afile=a,line=2::error::",
    "::notice title=check.more::More.",
  ]);
});

test("SARIF: what the standard wants, with every rule and addresses that are URIs", () => {
  const log = sarifSchema.parse(
    JSON.parse(JSON.stringify(sarifReport(result([finding({}), odd, placeless]), "1.2.3"))),
  );
  const [run] = log.runs;
  expect(run?.tool.driver.rules.map(({ id, defaultConfiguration }) => [id, defaultConfiguration])).toEqual([
    ["image.latest", { enabled: true, level: "warning" }],
    ["image.no-digest", { enabled: false, level: "none" }],
    ["compose.bad-value", { enabled: true, level: "error" }],
    ["check.more", { enabled: true, level: "note" }],
  ]);
  expect(run?.results.map(({ ruleId, level, locations }) => [ruleId, level, locations])).toEqual([
    [
      "image.latest",
      "warning",
      [
        {
          physicalLocation: {
            artifactLocation: { uri: "stacks/my%20line/compose.yaml" },
            region: { startLine: 3, startColumn: 5 },
          },
        },
      ],
    ],
    [
      "compose.bad-value",
      "error",
      [
        {
          physicalLocation: {
            artifactLocation: { uri: "file:///elsewhere/a,b:c.yaml" },
            region: { startLine: 1, startColumn: 2 },
          },
        },
      ],
    ],
    ["check.more", "note", []],
  ]);
});

test("the schema refuses what is no SARIF", () => {
  const log = sarifReport(result([finding({})]), "1.2.3");
  const [run] = log.runs;
  if (run === undefined) throw new Error("no run");
  const changed = [
    { ...log, version: "2.0" },
    { ...log, extra: 1 },
    { ...log, runs: [{ ...run, results: run.results.map((one) => ({ ...one, ruleIndex: 1 })) }] },
    { ...log, runs: [{ ...run, results: run.results.map((one) => ({ ...one, level: "info" })) }] },
  ];
  for (const wrong of changed) expect(sarifSchema.safeParse(wrong).success).toBe(false);
});
