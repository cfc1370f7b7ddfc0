import {
  type CheckFinding,
  type CheckResult,
  type ScanResult,
  type StaticFit,
  vulnerabilitySeverities,
} from "../../../../shared/domain/index.ts";
import { bytesText } from "../../../../shared/format/index.ts";
import { shownPath } from "./shown-path.ts";

/** Findings as compilers print them, one a line with the advice below, then what they add up to. */
export function textReport(result: CheckResult): string {
  const lines = result.findings.flatMap((finding) => [
    findingLine(finding),
    ...(finding.hint === null ? [] : [`    ${finding.hint}`]),
  ]);
  if (result.fit !== null) lines.push(fitLine(result.fit));
  if (result.scan !== null) lines.push(...scanLines(result.scan));
  lines.push(...fixLines(result), summary(result));
  return lines.join("\n");
}

function findingLine({ place, severity, message, rule }: CheckFinding): string {
  const where = place === null ? "" : `${shownPath(place.file)}:${place.line}:${place.column}: `;
  return `${where}${severity}: ${message} [${rule}]`;
}

function fitLine({ device, budgetBytes, limitBytes, reservedBytes, unlimited }: StaticFit): string {
  const budget = budgetBytes === null ? "unknown" : bytesText(budgetBytes);
  const open = unlimited.length === 0 ? "" : `, ${count(unlimited.length, "service")} without a limit`;
  const asked = `limits ${bytesText(limitBytes)}${open}; reserved ${bytesText(reservedBytes)}`;
  return `Memory on ${device}: ${budget} for the stack; ${asked}.`;
}

/** What was looked at, so that no vulnerabilities and no scan are two things. */
function scanLines(scan: ScanResult): string[] {
  if (scan.state === "not-scanned") return [`Not scanned: ${scan.reason}.`];
  const { scanner, images, vulnerabilities, notListed } = scan;
  const looked = images.filter(({ notScanned }) => notScanned === null).length;
  const of = vulnerabilitySeverities
    .map((severity) => ({ severity, number: vulnerabilities.filter((one) => one.severity === severity).length }))
    .filter(({ number }) => number > 0)
    .map(({ severity, number }) => `${number} ${severity}`);
  const found = of.length === 0 ? "no vulnerability known" : of.join(", ");
  const rest = notListed === 0 ? "" : `, and ${notListed} more`;
  return [`Scanned with ${scanner}: ${looked} of ${count(images.length, "image")}: ${found}${rest}.`];
}

function fixLines({ fixes }: CheckResult): string[] {
  if (fixes === null) return [];
  return [
    ...fixes.files.map(({ diff }) => diff.trimEnd()),
    ...fixes.left.map(({ finding, reason }) => `Left as it is: ${findingLine(finding)} ${reason}`),
    fixes.files.length === 0
      ? "Nothing can be mended by itself."
      : `${count(fixes.fixed, "finding")} ${fixes.written ? "mended" : "would be mended; nothing was written"}.`,
  ];
}

function summary({ findings, ignored, fixes }: CheckResult): string {
  const of = (severity: CheckFinding["severity"]) => findings.filter((finding) => finding.severity === severity).length;
  const silenced = ignored === 0 ? "" : `, ${ignored} silenced in the file`;
  if (findings.length === 0) return `Nothing found${silenced}.`;
  const fixable = findings.filter((finding) => finding.fixable).length;
  const mend = fixable === 0 || fixes !== null ? "" : ` --fix mends ${fixable}.`;
  return `${count(of("error"), "error")}, ${count(of("warning"), "warning")}, ${count(of("info"), "remark")}${silenced}.${mend}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
