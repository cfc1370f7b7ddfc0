import { pathToFileURL } from "node:url";
import type { CheckFinding, CheckResult, RuleInfo } from "../../../../shared/domain/index.ts";
import type { Sarif } from "./sarif-schema.ts";
import { shownPath } from "./shown-path.ts";

type Run = Sarif["runs"][number];
type Descriptor = Run["tool"]["driver"]["rules"][number];

const levels = { error: "error", warning: "warning", info: "note", off: "none" } as const;

/** Findings as a SARIF 2.1.0 log, which code scanning services read. Paths start from the current folder. */
export function sarifReport({ findings, rules }: CheckResult, version: string): Sarif {
  const descriptors = [...rules.map(ofRule), ...ofReading(findings, rules)];
  const indexes = new Map(descriptors.map(({ id }, index) => [id, index]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Bayplan", version, rules: descriptors } },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => ofFinding(finding, indexes.get(finding.rule) ?? 0)),
      },
    ],
  };
}

function ofRule({ id, severity, title, source }: RuleInfo): Descriptor {
  const isAddress = source.startsWith("https://");
  return {
    id,
    shortDescription: { text: title },
    ...(isAddress ? { helpUri: source } : { help: { text: source } }),
    defaultConfiguration: { enabled: severity !== "off", level: levels[severity] },
  };
}

/** What reading the file says is not in the list of rules, but a result must name an entry. */
function ofReading(findings: readonly CheckFinding[], rules: readonly RuleInfo[]): Descriptor[] {
  const known = new Set(rules.map(({ id }) => id));
  const others = new Map(findings.filter(({ rule }) => !known.has(rule)).map((finding) => [finding.rule, finding]));
  return [...others].map(([id, { severity }]) => ({
    id,
    shortDescription: { text: id.startsWith("compose.") ? "How the compose file is read." : "How the check went." },
    defaultConfiguration: { enabled: true, level: levels[severity] },
  }));
}

function ofFinding({ rule, severity, message, hint, place }: CheckFinding, ruleIndex: number): Run["results"][number] {
  return {
    ruleId: rule,
    ruleIndex,
    level: levels[severity],
    message: { text: hint === null ? message : `${message} ${hint}` },
    locations:
      place === null
        ? []
        : [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(place.file) },
                region: { startLine: place.line, startColumn: place.column },
              },
            },
          ],
  };
}

function uriOf(file: string): string {
  const shown = shownPath(file);
  return shown === file ? pathToFileURL(file).href : shown.split("/").map(encodeURIComponent).join("/");
}
