import { stringify } from "yaml";
import { type JsonMap, type JsonValue, listAt, mapAt, printJson, stringAt } from "./json-value.ts";
import type { Project } from "./project.ts";

/**
 * The canonical model as `docker compose config` prints it: only what some service uses, `$` doubled so that it can be read
 * again, the value of a secret or of a config from the environment left out.
 */
export function printProject(project: Project, format: "json" | "yaml"): string {
  const printed = escaped(canonicalModel(project));
  if (format === "json") return printJson(printed);
  return stringify(withoutEmptyCommands(printed), yamlOptions).trimEnd();
}

/** Texts that YAML 1.1 would take for something else, such as `no`, are quoted: other tools read by it. */
const yamlOptions = { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" } as const;

/** The canonical model as one value, top-level keys sorted. */
export function canonicalModel(project: Project): JsonMap {
  const services = [...project.services.values()].map(({ name, value }) => [name, value] as const);
  const model: JsonMap = new Map<string, JsonValue>([
    ["name", project.name],
    ["services", sorted(new Map<string, JsonValue>(services))],
  ]);
  const groups: [string, JsonMap, Set<string>][] = [
    ["networks", project.networks, used(project, networksOf)],
    ["volumes", project.volumes, used(project, volumesOf)],
    ["secrets", project.secrets, used(project, secretsOf)],
    ["configs", withoutValues(project.configs), used(project, (service) => sourcesOf(service, "configs"))],
  ];
  for (const [key, group, names] of groups) {
    const kept = new Map([...group].filter(([name]) => names.has(name)));
    if (kept.size > 0) model.set(key, sorted(kept));
  }
  for (const [key, value] of project.extensions) model.set(key, value);
  return sorted(model);
}

function sorted(map: JsonMap): JsonMap {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function used(project: Project, namesOf: (service: JsonMap) => string[]): Set<string> {
  return new Set([...project.services.values()].flatMap(({ value }) => namesOf(value)));
}

function networksOf(service: JsonMap): string[] {
  return [...(mapAt(service, "networks")?.keys() ?? [])];
}

function volumesOf(service: JsonMap): string[] {
  return listAt(service, "volumes").flatMap((mount) =>
    mount instanceof Map && stringAt(mount, "type") === "volume" ? [stringAt(mount, "source")] : [],
  );
}

function secretsOf(service: JsonMap): string[] {
  return [...sourcesOf(service, "secrets"), ...sourcesOf(mapAt(service, "build") ?? new Map(), "secrets")];
}

function sourcesOf(owner: JsonMap, key: string): string[] {
  return listAt(owner, key).flatMap((item) => (item instanceof Map ? [stringAt(item, "source")] : []));
}

/** A config that comes from a variable is printed with the variable's name, not with its value. */
function withoutValues(configs: JsonMap): JsonMap {
  return new Map(
    [...configs].map(([name, config]) => {
      if (!(config instanceof Map) || !config.has("environment")) return [name, config];
      return [name, new Map([...config].filter(([key]) => key !== "content"))];
    }),
  );
}

function escaped<T extends JsonValue>(value: T): T;
function escaped(value: JsonValue): JsonValue {
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (Array.isArray(value)) return value.map((item) => escaped(item));
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [key.replaceAll("$", "$$$$"), escaped(item)]));
  return value;
}

/** In YAML a key without a value says the same as no key. */
function withoutEmptyCommands(model: JsonMap): JsonMap {
  const services = mapAt(model, "services");
  if (services === undefined) return model;
  const cleaned = [...services].map(([name, service]): [string, JsonValue] => {
    if (!(service instanceof Map)) return [name, service];
    const isEmptyCommand = ([key, value]: [string, JsonValue]): boolean =>
      (key === "command" || key === "entrypoint") && value === null;
    return [name, new Map([...service].filter((entry) => !isEmptyCommand(entry)))];
  });
  return new Map([...model, ["services", new Map(cleaned)]]);
}
