import type { Answer, ProfileResult, TargetResult } from "../../../shared/domain/index.ts";
import { quantityText } from "../../../shared/format/index.ts";
import { escapeMarkup } from "./escape-markup.ts";

interface Case {
  name: string;
  outcome: "passed" | "failure" | "error" | "skipped";
  text: string;
}

/**
 * A result as JUnit's XML, as CI systems read it (the Jenkins schema, junit-10.xsd): a suite for each target, a case for each axis and
 * each gate. "Does not fit" and a gate that is missed are failures, what is unknown is an error, since a pipeline must not go
 * on as if it had passed; what was not judged is skipped. `failOnTight`: tight is a failure, too.
 */
export function junitReport(result: ProfileResult, { failOnTight }: { failOnTight: boolean }): string {
  const suites = result.targets.map((target) => suite(target, failOnTight));
  const total = (key: "tests" | "failures" | "errors" | "skipped") => suites.reduce((sum, one) => sum + one[key], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="bayplan profile" tests="${total("tests")}" failures="${total("failures")}" errors="${total("errors")}">`,
    ...suites.map(({ xml }) => xml),
    "</testsuites>",
  ].join("\n");
}

function suite(target: TargetResult, failOnTight: boolean) {
  const cases = casesOf(target, failOnTight);
  const count = (outcome: Case["outcome"]) => cases.filter((one) => one.outcome === outcome).length;
  const counts = {
    tests: cases.length,
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
  };
  const name = escapeMarkup(target.device.label);
  const attributes = Object.entries(counts).map(([key, value]) => ` ${key}="${value}"`);
  return {
    ...counts,
    xml: [
      `  <testsuite name="${name}"${attributes.join("")} time="${target.stack.steadySeconds.toFixed(3)}">`,
      ...cases.map((one) => caseXml(one, name)),
      `    <system-out>${escapeMarkup(target.headline)}</system-out>`,
      "  </testsuite>",
    ].join("\n"),
  };
}

function casesOf(target: TargetResult, failOnTight: boolean): Case[] {
  const axes = Object.entries(target.axes).flatMap(([name, axis]): Case[] => {
    if (axis === undefined) return [];
    const figures = `${quantityText(axis.value, axis.unit)} to ${quantityText(axis.high, axis.unit)} of ${quantityText(axis.limit, axis.unit)}`;
    return [{ name, outcome: outcomeOf(axis.verdict, failOnTight), text: `${axis.reason} (${figures})` }];
  });
  const gates = target.gates.map(({ name, passed, text }): Case => {
    const outcome = passed === null ? "error" : passed ? "passed" : "failure";
    return { name: `gate ${name}`, outcome, text };
  });
  const skipped = target.notJudged.map(({ axis, reason }): Case => ({ name: axis, outcome: "skipped", text: reason }));
  return [...axes, ...gates, ...proofCase(target), ...skipped];
}

/** What could not be told is an error, as with an axis. */
function proofCase({ proof }: TargetResult): Case[] {
  if (proof === null) return [];
  const outcome = proof.passed === null ? "error" : proof.passed ? "passed" : "failure";
  return [{ name: "proof", outcome, text: proof.reason }];
}

function outcomeOf(verdict: Answer, failOnTight: boolean): Case["outcome"] {
  if (verdict === "does-not-fit") return "failure";
  if (verdict === "unknown") return "error";
  return verdict === "tight" && failOnTight ? "failure" : "passed";
}

function caseXml({ name, outcome, text }: Case, className: string): string {
  const open = `    <testcase classname="${className}" name="${escapeMarkup(name)}"`;
  const message = escapeMarkup(text);
  if (outcome === "passed") return `${open}>\n      <system-out>${message}</system-out>\n    </testcase>`;
  if (outcome === "skipped") return `${open}>\n      <skipped message="${message}"/>\n    </testcase>`;
  return `${open}>\n      <${outcome} type="${outcome === "failure" ? "no" : "unknown"}" message="${message}"/>\n    </testcase>`;
}
