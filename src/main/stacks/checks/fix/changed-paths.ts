import type { JsonMap, JsonValue } from "../../compose/project/json-value.ts";
import type { Project } from "../../compose/project/project.ts";

export type ModelPath = readonly string[];

/** Everything that a project says, whatever its profiles: two projects are the same when these are. */
function whole(project: Project): JsonMap {
  const services = [...project.services.values(), ...project.disabledServices.values()];
  return new Map<string, JsonValue>([
    ["name", project.name],
    ["services", new Map<string, JsonValue>(services.map(({ name, value }) => [name, value]))],
    ["networks", project.networks],
    ["volumes", project.volumes],
    ["secrets", project.secrets],
    ["configs", project.configs],
    ["extensions", project.extensions],
  ]);
}

/** The paths of all values in which two projects differ. */
export function changedPaths(before: Project, after: Project): string[][] {
  const found: string[][] = [];
  compare(whole(before), whole(after), []);
  return found;

  function compare(one: JsonValue | undefined, other: JsonValue | undefined, path: string[]): void {
    if (one === other) return;
    if (isNested(one) || isNested(other)) {
      const left = entries(one);
      const right = entries(other);
      // An empty mapping and none are two things, and so are a list and a mapping.
      if (left === null || right === null || Array.isArray(one) !== Array.isArray(other)) {
        if (one !== undefined && other !== undefined) found.push(path);
      }
      for (const key of new Set([...(left ?? new Map()).keys(), ...(right ?? new Map()).keys()])) {
        compare(left?.get(key), right?.get(key), [...path, key]);
      }
      if (left?.size === 0 && right === null) found.push(path);
      if (right?.size === 0 && left === null) found.push(path);
      return;
    }
    found.push(path);
  }
}

function isNested(value: JsonValue | undefined): boolean {
  return value instanceof Map || Array.isArray(value);
}

function entries(value: JsonValue | undefined): ReadonlyMap<string, JsonValue> | null {
  if (value instanceof Map) return value;
  return Array.isArray(value) ? new Map(value.map((item, index) => [String(index), item])) : null;
}

/** Tells of a path whether it is one of some others or lies below one. */
export function isWithin(others: readonly ModelPath[]): (path: ModelPath) => boolean {
  const named = new Set(others.map((path) => path.join("\0")));
  return (path) => path.some((_, index) => named.has(path.slice(0, index + 1).join("\0")));
}
