import type { Place } from "../../../../shared/domain/index.ts";
import { at, type ModelNode } from "../../compose/node.ts";
import type { Report, Rule } from "../rule.ts";
import { writtenAt } from "../subject.ts";

const secretName = /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS)$/i;

interface Variable {
  name: string;
  value: string;
  place: Place;
}

/** Variables as the file has them, in a mapping or a list. */
function variables(environment: ModelNode | undefined): Variable[] {
  if (environment?.kind === "map") {
    return [...environment.entries].map(([name, node]) => ({
      name,
      value: node.kind === "text" ? node.value : node.kind === "int" ? String(node.value) : "",
      place: node.place,
    }));
  }
  if (environment?.kind !== "list") return [];
  return environment.items.flatMap((item) => {
    if (item.kind !== "text" || !item.value.includes("=")) return [];
    const [name = ""] = item.value.split("=", 1);
    return [{ name, value: item.value.slice(name.length + 1), place: item.place }];
  });
}

/** True for a value that stands in the file itself; what comes from a variable is written in another way. */
function isWritten(written: string, value: string): boolean {
  const text = written.replace(/^(["']?)(?:[A-Za-z_]\w*=)?/, "");
  return written.replace(/^["']/, "").startsWith(value) || text.startsWith(value) || /^[|>]/.test(written);
}

export const secretRules: readonly Rule[] = [
  {
    id: "secrets.in-file",
    severity: "warning",
    title: "A password or key stands in the file itself, and so in its repository and in `docker inspect`.",
    source: "https://docs.docker.com/compose/how-tos/use-secrets/",
    *check(subject): Iterable<Report> {
      for (const service of subject.services) {
        for (const { name, value, place } of variables(at(service.node, "environment"))) {
          if (!secretName.test(name) || value === "") continue;
          if (!isWritten(writtenAt(subject, place), value)) continue;
          yield {
            place,
            message: `The value of \`${name}\` of \`${service.name}\` stands in this file: whoever reads the repository or \`docker inspect\` has it.`,
            hint: `Write \`\${${name}:?}\` and set it in a .env file that is not committed, or use \`secrets\`.`,
          };
        }
      }
    },
  },
];
