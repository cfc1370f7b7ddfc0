import type { CheckFinding, CheckResult, Finding, OpenedStack } from "../../shared/domain/index.ts";

/** What reading a file and checking it have found, each remark once; what only reading says has no source and no fix. */
export function allFindings(opened: OpenedStack, check: CheckResult | null): CheckFinding[] {
  const key = ({ rule, message, place }: Finding) => `${rule} ${place?.file ?? ""} ${place?.line ?? 0} ${message}`;
  const known = new Map(
    opened.findings.map((finding): [string, CheckFinding] => [
      key(finding),
      { ...finding, source: null, fixable: false },
    ]),
  );
  for (const finding of check?.findings ?? []) known.set(key(finding), finding);
  return [...known.values()];
}
