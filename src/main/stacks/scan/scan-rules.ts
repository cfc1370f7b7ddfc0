import type { RuleSeverity, VulnerabilitySeverity } from "../../../shared/domain/index.ts";

/** A rule that speaks with `--scan` alone. */
export interface ScanRule {
  id: string;
  severity: RuleSeverity;
  title: string;
  source: string;
}

const source = "trivy or grype, whichever is installed";

export const scanRules: readonly ScanRule[] = [
  { id: "scan.critical", severity: "error", title: "A package of an image has a critical vulnerability.", source },
  { id: "scan.high", severity: "warning", title: "A package of an image has a serious vulnerability.", source },
  { id: "scan.medium", severity: "info", title: "A package of an image has a vulnerability of medium weight.", source },
  { id: "scan.low", severity: "off", title: "A package of an image has a vulnerability of little weight.", source },
  {
    id: "scan.unknown",
    severity: "info",
    title: "A package of an image has a vulnerability that nobody has weighed.",
    source,
  },
  {
    id: "scan.not-scanned",
    severity: "warning",
    title: "An image was not scanned, so nothing is known of it.",
    source,
  },
];

export function scanRuleOf(severity: VulnerabilitySeverity): string {
  return `scan.${severity}`;
}
