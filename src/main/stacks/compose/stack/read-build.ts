import type { Build, BuildOptions } from "../../../../shared/domain/index.ts";
import { ModelProblem } from "../model-problem.ts";
import { at, keyOrPlace } from "../node.ts";
import { type JsonMap, listAt, mapAt, stringAt } from "../project/json-value.ts";
import type { ProjectService } from "../project/project.ts";
import { readUlimits, recordAt } from "./read-options.ts";

/** Contexts that the engine would have to fetch: only folders of this machine are sent. */
const remoteContext = /^(?:[a-z]+:\/\/|git@|github\.com\/)/;

/**
 * How a service's image is built; null when it is not.
 * @throws ModelProblem for a context that is not on this machine.
 */
export function readBuild(service: ProjectService): Build | null {
  const build = mapAt(service.value, "build");
  if (build === undefined) return null;
  const context = stringAt(build, "context");
  if (remoteContext.test(context)) {
    const message = `The build of service \`${service.name}\` comes from ${context.slice(0, 80)}; only folders of this machine are built.`;
    const node = at(service.node, "build") ?? service.node;
    throw new ModelProblem("compose.bad-value", message, keyOrPlace(node), "Clone it and name the folder.");
  }
  const options = readOptions(build, stringAt(service.value, "platform"));
  return {
    context,
    dockerfile: stringAt(build, "dockerfile") || "Dockerfile",
    args: recordAt(build, "args"),
    target: stringAt(build, "target") || null,
    ...(options === null ? {} : { options }),
  };
}

/** Null when nothing is said beyond context, Dockerfile, arguments and target. */
function readOptions(build: JsonMap, platform: string): BuildOptions | null {
  const plain = new Set(["context", "dockerfile", "args", "target"]);
  if (platform === "" && [...build.keys()].every((key) => plain.has(key))) return null;
  const texts = (key: string) => listAt(build, key).filter((item) => typeof item === "string");
  const shm = build.get("shm_size");
  return {
    inlineDockerfile: stringAt(build, "dockerfile_inline") || null,
    noCache: build.get("no_cache") === true,
    pull: build.get("pull") === true,
    labels: recordAt(build, "labels"),
    cacheFrom: texts("cache_from"),
    extraHosts: texts("extra_hosts").map((entry) => entry.replace("=", ":")),
    network: stringAt(build, "network") || null,
    shmBytes: typeof shm === "string" ? Number(shm) : null,
    tags: texts("tags"),
    ulimits: readUlimits(mapAt(build, "ulimits")),
    platform: platform || (texts("platforms")[0] ?? null),
  };
}
