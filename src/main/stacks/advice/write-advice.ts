import {
  type Advice,
  AppError,
  type FixedFile,
  parseByteSize,
  type StackSelection,
} from "../../../shared/domain/index.ts";
import { settleChanges } from "../checks/fix/settle-changes.ts";
import type { Change } from "../checks/rule.ts";
import { at, type ModelNode } from "../compose/node.ts";
import { type Environment, openProject } from "../compose/open-project.ts";
import type { JsonMap, JsonValue } from "../compose/project/json-value.ts";
import { nameStack, projectRequestOf } from "../formats/name-stack.ts";

/** What advice changes in the files of a stack. */
export interface AdvisedFiles {
  files: FixedFile[];
  taken: Advice[];
  left: { advice: Advice; reason: string }[];
  /** Writes the changed files. @throws AppError `conflict`, `bad-input`. */
  write(): Promise<void>;
}

/** Where Compose has room for a value: the service's own key, and the one of `deploy` that means the same. */
const places: Readonly<Record<string, readonly (readonly string[])[]>> = {
  mem_limit: [["mem_limit"], ["deploy", "resources", "limits", "memory"]],
  cpus: [["cpus"], ["deploy", "resources", "limits", "cpus"]],
  restart: [["restart"]],
};

/**
 * Finds how advice is put into the files of a stack, so that comments and the rest of the text stay as they are. Where a value
 * stands already it is replaced there, else the service's own key is added. What cannot be changed by itself is left, with why;
 * what says so already is neither taken nor left.
 * @throws AppError `unsupported` for a format that has no such keys, and what opening the stack throws.
 */
export async function adviseFiles(
  selection: StackSelection,
  advice: readonly Advice[],
  environment: Environment,
): Promise<AdvisedFiles> {
  const named = await nameStack(selection, environment, () => undefined);
  const request = await projectRequestOf(named, environment, () => undefined);
  if (request.documents !== undefined) {
    throw new AppError("unsupported", `A stack in the format ${named.format} has no place for these settings.`, {
      hint: "`bayplan stack export --to compose` makes a compose file of it, which has.",
    });
  }
  const opened = await openProject(request, () => undefined);
  const groups: { advice: Advice; changes: Change[] }[] = [];
  const left: AdvisedFiles["left"] = [];
  for (const one of advice) {
    const service = opened.project.services.get(one.service);
    const changes =
      service === undefined
        ? "The service is not in the file any more."
        : changesFor(one, service.node, service.value, (file) => opened.texts.get(file) ?? "");
    if (typeof changes === "string") left.push({ advice: one, reason: changes });
    else if (changes.some((change) => change.kind !== "replace" || change.was !== change.now))
      groups.push({ advice: one, changes });
  }
  const read = (texts: ReadonlyMap<string, string>) => ({ ...request, texts });
  const settled = await settleChanges(
    opened,
    read,
    groups.map(({ changes }) => changes),
  );
  const taken: Advice[] = [];
  for (const { advice: one, changes } of groups) {
    const reason = settled.reasonOf(changes);
    if (reason === null) taken.push(one);
    else left.push({ advice: one, reason });
  }
  return { files: settled.files, taken, left, write: settled.write };
}

/** The changes that advice is made by, or why it is not. */
function changesFor(
  { service, key, proposed }: Advice,
  node: ModelNode,
  value: JsonMap,
  textOf: (file: string) => string,
): Change[] | string {
  const own = places[key];
  if (own === undefined) return `\`${key}\` is not known to be a setting of a service.`;
  const standing = own.flatMap((path): { path: readonly string[]; node: ModelNode }[] => {
    const found = path.reduce<ModelNode | undefined>((inner, step) => at(inner, step), node);
    return found === undefined || found.kind === "null" ? [] : [{ path, node: found }];
  });
  const written = standing.map(({ node: found }) => scalarAt(textOf(found.place.file), found.place));
  const variable = written.find((text) => text.includes("$"));
  if (variable !== undefined) return `It comes from a variable: change that in ${variable}.`;
  const replace = ({ path, node: found }: { path: readonly string[]; node: ModelNode }): Change => ({
    kind: "replace",
    path: ["services", service, ...path],
    place: found.place,
    was: scalarAt(textOf(found.place.file), found.place),
    now: proposed,
  });
  if (key === "mem_limit") {
    const bytes = parseByteSize(proposed) ?? 0;
    const reserved = numberOf(value.get("mem_reservation"));
    if (reserved > bytes) return `\`mem_reservation\` asks for more than ${proposed}: lower it first.`;
    // An engine refuses a limit above that of memory and swap together.
    const swap = at(node, "memswap_limit");
    const tooLow = numberOf(value.get("memswap_limit"));
    if (swap !== undefined && tooLow > 0 && tooLow < bytes) standing.push({ path: ["memswap_limit"], node: swap });
  }
  const hasOwn = standing.some(({ path }) => path[0] !== "memswap_limit");
  const set: Change = {
    kind: "set",
    path: ["services", service, key],
    value: key === "cpus" ? Number(proposed) : proposed,
  };
  return [...(hasOwn ? [] : [set]), ...standing.map(replace)];
}

function numberOf(value: JsonValue | undefined): number {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint" ? Number(value) : 0;
}

/** The scalar at a place as it is written, without its quotes. */
function scalarAt(text: string, { line, column }: { line: number; column: number }): string {
  const from = (text.split("\n")[line - 1] ?? "").slice(column - 1);
  return (
    /^(?:"([^"\\]*)"|'([^']*)'|((?:\$\{[^}]*\}|[^\s,#}\]"'])+))/
      .exec(from)
      ?.slice(1)
      .find((part) => part !== undefined) ?? ""
  );
}
