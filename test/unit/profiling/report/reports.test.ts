import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { publishedSchemas } from "../../../../scripts/published-schemas.ts";
import { reportRun } from "../../../../src/main/profiling/index.ts";
import { runBands } from "../../../../src/main/profiling/report/run-bands.ts";
import type { LoadSeen, TargetObservation } from "../../../../src/shared/domain/index.ts";
import { AppError } from "../../../../src/shared/domain/index.ts";
import { budget, envelope, mebibyte, minute, observation } from "../../shared/judge/observations.ts";
import { finishedRun } from "./finished-run.ts";

const hostile = `<script>alert(1)</script>"'&\u0000\u001b[31m@team | x`;
const tooMuch = observation({ seconds: minute(1, { memoryMib: 800 }) });
const tight = observation({ seconds: minute(1, { memoryMib: 680 }) });
const open = observation({ envelope: { ...envelope, speedRatio: null } });

const text = (seen: TargetObservation[], format: "json" | "junit" | "html" | "markdown", failOnTight = false) =>
  reportRun(finishedRun(seen), format, { failOnTight }).text;

const count = z.string().regex(/^\d+$/).transform(Number);
const remark = z.strictObject({ message: z.string(), type: z.string() });
/** What junit-10.xsd allows of what we write; a child or attribute that is none of it is refused. */
const junitSchema = z.strictObject({
  name: z.string(),
  tests: count,
  failures: count,
  errors: count,
  testsuite: z.array(
    z.strictObject({
      name: z.string(),
      tests: count,
      failures: count,
      errors: count,
      skipped: count,
      time: z.string().regex(/^\d+\.\d{3}$/),
      "system-out": z.string(),
      testcase: z.array(
        z.strictObject({
          classname: z.string(),
          name: z.string(),
          "system-out": z.string().optional(),
          failure: remark.optional(),
          error: remark.optional(),
          skipped: z.strictObject({ message: z.string() }).optional(),
        }),
      ),
    }),
  ),
});

function junit(seen: TargetObservation[], failOnTight = false) {
  const xml = text(seen, "junit", failOnTight);
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseTagValue: false,
    isArray: (name) => name === "testsuite" || name === "testcase",
  });
  return junitSchema.parse(z.object({ testsuites: z.unknown() }).parse(parser.parse(xml)).testsuites);
}

describe("JUnit", () => {
  it("has a suite for each target and a case for each axis, and its counts add up", () => {
    const report = junit([observation(), tooMuch]);
    expect(report.testsuite.map(({ name, tests, failures }) => [name, tests, failures])).toEqual([
      ["board", 6, 0],
      ["board", 6, 1],
    ]);
    expect(report).toMatchObject({ tests: 12, failures: 1, errors: 0 });
    for (const suite of report.testsuite) {
      expect(suite.testcase.filter(({ failure }) => failure !== undefined)).toHaveLength(suite.failures);
      expect(suite.testcase.filter(({ skipped }) => skipped !== undefined)).toHaveLength(suite.skipped);
      expect(suite.testcase).toHaveLength(suite.tests);
    }
  });

  it("an unknown answer is an error, so that no pipeline takes it for a pass; tight is one when asked for", () => {
    expect(junit([open])).toMatchObject({ failures: 0, errors: 1 });
    expect(junit([tight])).toMatchObject({ failures: 0, errors: 0 });
    expect(junit([tight], true)).toMatchObject({ failures: 1, errors: 0 });
  });

  it("a missed gate is a failure and one that was not measured an error", () => {
    const run = finishedRun([observation()], {
      gates: { memoryHeadroom: 0.95, startupSeconds: 10, growthBytesPerDay: 1 },
    });
    const { text: xml } = reportRun(run, "junit", { failOnTight: false });
    expect(xml).toMatch(/name="gate memoryHeadroom">\s*<failure/);
    expect(xml).toMatch(/name="gate startupSeconds">\s*<system-out>/);
    expect(xml).toMatch(/name="gate growthBytesPerDay">\s*<error/);
  });

  it("names and words of a stack stay text", () => {
    const named = observation({ budget: { ...budget, label: hostile, name: hostile } });
    expect(junit([named]).testsuite[0]?.name).toContain("alert(1)");
    expect(text([named], "junit")).not.toContain("<script>");
  });
});

describe("Markdown", () => {
  it("says the answer first and keeps a stack's words from being markup, mentions and cells", () => {
    const named = observation({ budget: { ...budget, name: hostile } });
    const run = finishedRun([named], { stackName: hostile });
    const { text: markdown, name } = reportRun(run, "markdown", { failOnTight: false });
    expect(markdown.split("\n")[0]).toMatch(/^### ✅ .*: fits$/);
    expect(markdown).not.toContain("<script");
    expect(markdown).not.toContain("@team");
    expect(markdown).not.toMatch(/\p{Cc}(?<!\n)/u);
    expect(name).toMatch(/^[\w.-]+\.md$/);
    for (const line of markdown.split("\n").filter((one) => one.startsWith("| ✅"))) {
      expect(line.match(/(?<!\\)\|/g)).toHaveLength(7);
    }
  });

  it("is short enough for a comment also with many services", () => {
    const services = Array.from({ length: 100 }, (_, index) => {
      const [one] = observation().services;
      if (one === undefined) throw new Error("There is no service.");
      return { ...one, name: `service-with-a-long-name-${index}`, restartPolicy: "no" as const };
    });
    expect(text([observation({ services })], "markdown").length).toBeLessThan(65_536 / 2);
  });
});

describe("load and proof", () => {
  const refused: LoadSeen = {
    kind: "http",
    name: `GET http://web:80/${hostile}`,
    service: "web",
    askedPerSecond: 50,
    seconds: 60,
    sent: 3000,
    answered: 0,
    errors: 3000,
    latencyMs: null,
    exitCode: null,
    endedAtMs: null,
    output: [hostile],
    problem: "connect ECONNREFUSED",
  };
  const made: LoadSeen = { ...refused, answered: 3000, errors: 0, latencyMs: { p50: 1, p95: 2, p99: 150.4, max: 200 } };

  it("are in every report, with words of a stack as text", () => {
    const run = finishedRun([observation({ loads: [made, refused] })]);
    const proof = {
      runId: "run-2",
      passed: false,
      oomKills: 1,
      throttledWindowsShare: 0.5,
      reason: `The limit of ${hostile} is too small.`,
      tooSmall: [],
    };
    const [target] = run.result.targets;
    if (target === undefined) throw new Error("There is no target.");
    const proven = { ...run, result: { ...run.result, targets: [{ ...target, proof }] } };
    const reports = (["html", "markdown", "junit"] as const).map(
      (format) => reportRun(proven, format, { failOnTight: false }).text,
    );
    const [html = "", markdown = "", xml = ""] = reports;
    expect(html).toContain("p50 1.0 ms, p95 2.0 ms, p99 150 ms");
    expect(html).toContain("Not made");
    expect(html).toContain("Failed their proof");
    expect(markdown).toContain("no request was answered");
    expect(markdown).toContain("❌ **Failed their proof**");
    expect(xml).toMatch(/name="proof">\s*<failure/);
    for (const report of reports) expect(report).not.toContain("<script");
    expect(markdown).not.toContain("@team");
  });
});

describe("HTML", () => {
  it("loads nothing, runs nothing, and holds no folder of this machine", () => {
    const html = text([observation(), tooMuch], "html");
    expect(html).not.toMatch(/<script|<link|<img|src=|@import|url\(/);
    expect(html).not.toContain("secret-project");
    expect(html.match(/<svg /g)).toHaveLength(4);
    expect(html).toContain('class="budget"');
  });

  it("names and words of a stack stay text", () => {
    const named = observation({ budget: { ...budget, name: hostile } });
    const { text: html } = reportRun(finishedRun([named], { stackName: hostile }), "html", { failOnTight: false });
    expect(html).not.toContain("<script");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\ufffd");
  });
});

describe("JSON", () => {
  it("is what the published schema says, and the schema in docs is that of the code", () => {
    const published = publishedSchemas();
    for (const [name, schema] of Object.entries(published)) {
      const file = join(import.meta.dirname, "../../../../docs/schemas", name);
      expect(JSON.parse(readFileSync(file, "utf8")), `npm run schemas writes ${name}`).toEqual(
        JSON.parse(JSON.stringify(schema)),
      );
    }
    const ajv = new Ajv2020({ strict: false });
    const validate = ajv.compile(z.record(z.string(), z.unknown()).parse(published["profile-v1.json"]));
    const json: unknown = JSON.parse(text([observation(), tooMuch, open], "json"));
    expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...z.record(z.string(), z.unknown()).parse(json), addedLater: 1 })).toBe(true);
    expect(validate({ ...z.record(z.string(), z.unknown()).parse(json), verdict: "maybe" })).toBe(false);
  });
});

describe("a report", () => {
  it("of a run without a result says so", () => {
    expect(() => reportRun({ ...finishedRun(), result: null }, "html", { failOnTight: false })).toThrow(AppError);
  });

  it("its charts keep a spike that lies between two of their moments, and the CPU time", () => {
    const samples = Array.from({ length: 6_000 }, (_, index) => ({
      target: 0,
      atMs: index * 100,
      memoryBytes: null,
      cacheBytes: null,
      cpuSeconds: null,
      throttledSeconds: null,
      busiestThread: null,
      otherHostCores: null,
      services: {
        broker: {
          memoryBytes: (index === 3_333 ? 500 : 100) * mebibyte,
          cacheBytes: 0,
          cpuSeconds: index * 0.05,
          oomKills: 0,
        },
      },
    }));
    const bands = runBands(samples, 0, ["broker"], { atMost: 100, factor: 2 });
    expect(bands.seconds.length).toBeLessThanOrEqual(101);
    expect(Math.max(...(bands.memory[0]?.values ?? []).map((value) => value ?? 0))).toBe(500 * mebibyte);
    for (const value of (bands.cpu[0]?.values ?? []).slice(2, -1)) expect(value).toBeCloseTo(1, 1);
  });
});
