import type { Finding, Severity } from "../../shared/domain/index.ts";

/** A rule's id as a short label for a pill: `device.memory-cgroup-off` is `memory cgroup off`. */
export function findingLabel(finding: Finding): string {
  return (finding.rule.split(".").at(-1) ?? finding.rule).replaceAll("-", " ");
}

const toneOf: Record<Severity, "over" | "tight" | "plain"> = { error: "over", warning: "tight", info: "plain" };

export function severityTone(severity: Severity): "over" | "tight" | "plain" {
  return toneOf[severity];
}

const rank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/** Worst first; the order of the checks within one severity stays. */
export function worstFirst<T extends Finding>(findings: readonly T[]): T[] {
  return [...findings].sort((a, b) => rank[a.severity] - rank[b.severity]);
}
