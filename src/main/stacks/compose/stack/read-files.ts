import { isAbsolute, posix } from "node:path";
import type { Place, ServiceFile } from "../../../../shared/domain/index.ts";
import { ModelProblem } from "../model-problem.ts";
import { at, keyOrPlace } from "../node.ts";
import { type JsonMap, listAt, stringAt } from "../project/json-value.ts";
import type { Project, ProjectService } from "../project/project.ts";

/**
 * Configs and secrets of a service as files for its container.
 * @throws ModelProblem for one that is kept elsewhere (`external`), which no single engine has.
 */
export function readFiles(project: Project, service: ProjectService): ServiceFile[] {
  const read = (kind: ServiceFile["kind"], group: JsonMap): ServiceFile[] =>
    listAt(service.value, `${kind}s`).flatMap((item) =>
      item instanceof Map
        ? [readFile(kind, item, group, keyOrPlace(at(service.node, `${kind}s`) ?? service.node))]
        : [],
    );
  return [...read("config", project.configs), ...read("secret", project.secrets)];
}

function readFile(kind: ServiceFile["kind"], item: JsonMap, group: JsonMap, place: Place): ServiceFile {
  const name = stringAt(item, "source");
  const definition = group.get(name);
  const target = stringAt(item, "target") || (kind === "secret" ? `/run/secrets/${name}` : `/${name}`);
  const mode = item.get("mode");
  return {
    kind,
    name,
    // A secret's target that is only a name is meant below the place of secrets.
    target: isAbsolute(target) ? target : posix.join(kind === "secret" ? "/run/secrets" : "/", target),
    source: readSource(kind, name, definition instanceof Map ? definition : new Map(), place),
    mode: mode === undefined ? null : Number(mode),
    userId: Number(stringAt(item, "uid") || 0) || 0,
    groupId: Number(stringAt(item, "gid") || 0) || 0,
  };
}

function readSource(kind: ServiceFile["kind"], name: string, definition: JsonMap, place: Place): ServiceFile["source"] {
  if (definition.get("external") === true || definition.has("driver")) {
    const message = `The ${kind} \`${name}\` is kept outside of the stack, where a single engine cannot get it.`;
    throw new ModelProblem(
      "compose.external-file",
      message,
      place,
      "Give it a `file` or an `environment` for this stack.",
    );
  }
  const variable = stringAt(definition, "environment");
  if (variable !== "") return { from: "variable", name: variable };
  const path = stringAt(definition, "file");
  return path === "" ? { from: "text", text: stringAt(definition, "content") } : { from: "file", path };
}
