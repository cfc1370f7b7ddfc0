import { rules } from "../../../../src/main/stacks/index.ts";

/** The table of docs/rules.md, as the rules themselves have it. */
export function rulesTable(): string {
  const rows = rules.map(({ id, severity, targets, title, mends, source }) => {
    const shown = source.startsWith("https://") ? `<${source}>` : source;
    const cells = [`\`${id}\``, severity, targets?.join(", ") ?? "all", title, mends ?? "", shown];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| rule | counts as | for | what it finds | `--fix` | where that is written |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
