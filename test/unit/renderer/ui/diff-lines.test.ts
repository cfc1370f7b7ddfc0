import { expect, test } from "vitest";
import { allFindings } from "../../../../src/renderer/stacks/all-findings.ts";
import { diffLines } from "../../../../src/renderer/ui/diff-lines.ts";
import type { CheckResult, Finding, OpenedStack } from "../../../../src/shared/domain/index.ts";

test("the lines of a change, without the names of the files", () => {
  const diff =
    "--- a/compose.yaml\n+++ b/compose.yaml\n@@ -1,2 +1,3 @@\n services:\n-  a: {}\n+  a:\n+    restart: always\n";
  expect(diffLines(diff)).toEqual([
    { kind: "hunk", text: "@@ -1,2 +1,3 @@" },
    { kind: "same", text: " services:" },
    { kind: "removed", text: "-  a: {}" },
    { kind: "added", text: "+  a:" },
    { kind: "added", text: "+    restart: always" },
  ]);
});

test("a line of the file that looks like a header is a line all the same", () => {
  expect(diffLines("@@ -1 +1 @@\n----\n+-- x\n")).toEqual([
    { kind: "hunk", text: "@@ -1 +1 @@" },
    { kind: "removed", text: "----" },
    { kind: "added", text: "+-- x" },
  ]);
});

test("what reading and checking both say is said once", () => {
  const finding = (rule: string, line: number): Finding => ({
    rule,
    severity: "warning",
    message: rule,
    hint: null,
    place: { file: "/c.yaml", line, column: 1 },
  });
  const opened: OpenedStack = {
    file: "/c.yaml",
    format: "compose",
    source: "",
    stack: null,
    findings: [finding("a", 1), finding("b", 2)],
    files: [],
  };
  const check: CheckResult = {
    file: "/c.yaml",
    target: "docker",
    findings: [finding("b", 2), finding("b", 3)].map((one) => ({ ...one, source: null, fixable: false })),
    ignored: 0,
    fit: null,
    scan: null,
    fixes: null,
    rules: [],
  };
  expect(allFindings(opened, check).map(({ rule, place }) => `${rule} ${place?.line}`)).toEqual(["a 1", "b 2", "b 3"]);
  expect(allFindings(opened, null)).toHaveLength(2);
});
