import type { CheckResult } from "../../../../shared/domain/index.ts";
import { shownPath } from "./shown-path.ts";

const commands = { error: "error", warning: "warning", info: "notice" } as const;

/** Findings as workflow commands of GitHub Actions, which shows them at their lines of a pull request. */
export function githubReport({ findings }: CheckResult): string {
  return findings
    .map(({ severity, place, rule, message, hint }) => {
      const where =
        place === null ? [] : [`file=${property(shownPath(place.file))}`, `line=${place.line}`, `col=${place.column}`];
      const properties = [...where, `title=${property(rule)}`].join(",");
      return `::${commands[severity]} ${properties}::${data(hint === null ? message : `${message} ${hint}`)}`;
    })
    .join("\n");
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
