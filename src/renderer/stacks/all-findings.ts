import type { CheckResult, Finding, OpenedStack } from "../../shared/domain/index.ts";

/** What reading a file and checking it have found, each remark once. */
export function allFindings(opened: OpenedStack, check: CheckResult | null): Finding[] {
  const key = ({ rule, message, place }: Finding) => `${rule} ${place?.file ?? ""} ${place?.line ?? 0} ${message}`;
  const known = new Map(opened.findings.map((finding) => [key(finding), finding]));
  for (const finding of check?.findings ?? []) if (!known.has(key(finding))) known.set(key(finding), finding);
  return [...known.values()];
}
