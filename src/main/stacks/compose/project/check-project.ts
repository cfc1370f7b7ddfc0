import type { Place } from "../../../../shared/domain/index.ts";
import { findCycle } from "../../order.ts";
import { ModelProblem } from "../model-problem.ts";
import { at, keyOrPlace, textAt } from "../node.ts";
import { type JsonMap, type JsonValue, listAt, mapAt, stringAt } from "./json-value.ts";
import type { Project, ProjectService } from "./project.ts";

/**
 * Checks that need the whole stack: whatever a service refers to exists, nothing is said twice with two values.
 * @throws ModelProblem for the first contradiction.
 */
export function checkProject(project: Project): void {
  for (const service of project.services.values()) {
    checkSource(project, service);
    checkNetworks(project, service);
    checkHealthcheck(service);
    checkDependencies(project, service);
    checkReferences(project, service);
    checkLimits(service);
    checkScale(service);
    checkWatch(service);
  }
  checkSecrets(project);
  checkCycle(project);
}

function problem(service: ProjectService, key: string, message: string, hint: string | null = null): ModelProblem {
  const node = at(service.node, key) ?? service.node;
  return new ModelProblem("compose.conflict", message, keyOrPlace(node), hint);
}

function undefinedName(service: ProjectService, key: string, kind: string, name: string): ModelProblem {
  const message = `\`${service.name}\` refers to the ${kind} \`${name}\`, which the stack does not have.`;
  const hint = kind === "service" ? null : `Add it under the top-level \`${kind}s\`.`;
  return new ModelProblem("compose.undefined-reference", message, placeOfName(service, key, name), hint);
}

/** Where a name stands under a key of a service: as a key, as an item, or inside one. */
function placeOfName(service: ProjectService, key: string, name: string): Place {
  const node = at(service.node, key) ?? service.node;
  if (node.kind === "map") return keyOrPlace(node.entries.get(name) ?? node);
  if (node.kind !== "list") return node.place;
  const item = node.items.find((candidate) => candidate.kind === "map" && textAt(candidate, "source") === name);
  return (item ?? node).place;
}

function isKnown(project: Project, name: string): boolean {
  return project.services.has(name);
}

function checkSource(project: Project, service: ProjectService): void {
  const build = mapAt(service.value, "build");
  if (build === undefined && stringAt(service.value, "image") === "") {
    const message = `The service \`${service.name}\` has neither an \`image\` nor a \`build\`.`;
    const hint = "Name the image to run, or the folder to build it from.";
    throw new ModelProblem("compose.no-image", message, keyOrPlace(service.node), hint);
  }
  if (build === undefined) return;
  if (stringAt(build, "dockerfile_inline") !== "" && stringAt(build, "dockerfile") !== "") {
    throw problem(
      service,
      "build",
      `\`${service.name}\` has both \`dockerfile\` and \`dockerfile_inline\`.`,
      "Keep one.",
    );
  }
  for (const context of (mapAt(build, "additional_contexts") ?? new Map<string, JsonValue>()).values()) {
    const other =
      typeof context === "string" && context.startsWith("service:") ? context.slice("service:".length) : null;
    if (other === null) continue;
    const target = project.services.get(other);
    if (target === undefined) throw undefinedName(service, "build", "service", other);
    if (!target.value.has("build")) {
      throw problem(
        service,
        "build",
        `\`${service.name}\` takes \`${other}\` as a build context, but that has no build.`,
      );
    }
  }
  const platform = stringAt(service.value, "platform");
  const platforms = listAt(build, "platforms");
  if (platforms.length > 0 && platform !== "" && !platforms.includes(platform)) {
    throw problem(service, "platform", `\`${service.name}\` is for ${platform}, but is not built for it.`);
  }
}

function checkNetworks(project: Project, service: ProjectService): void {
  const mode = stringAt(service.value, "network_mode");
  const networks = mapAt(service.value, "networks") ?? new Map<string, JsonValue>();
  if (mode !== "" && networks.size > 0) {
    throw problem(
      service,
      "networks",
      `\`${service.name}\` cannot have both \`network_mode\` and \`networks\`.`,
      "Keep one.",
    );
  }
  for (const name of networks.keys()) {
    if (!project.networks.has(name)) throw undefinedName(service, "networks", "network", name);
  }
  const shared = mode.startsWith("service:") ? mode.slice("service:".length) : null;
  if (shared !== null && !isKnown(project, shared)) throw undefinedName(service, "network_mode", "service", shared);
}

function checkHealthcheck(service: ProjectService): void {
  const [first] = listAt(mapAt(service.value, "healthcheck"), "test");
  if (first === undefined || first === "CMD" || first === "CMD-SHELL" || first === "NONE") return;
  const message = `The healthcheck of \`${service.name}\` must begin with "CMD", "CMD-SHELL" or "NONE".`;
  throw problem(service, "healthcheck", message);
}

function checkDependencies(project: Project, service: ProjectService): void {
  for (const [name, dependency] of mapAt(service.value, "depends_on") ?? []) {
    if (isKnown(project, name)) continue;
    const isRequired = dependency instanceof Map && dependency.get("required") === true;
    if (project.disabledServices.has(name) && !isRequired) continue;
    throw undefinedName(service, "depends_on", "service", name);
  }
}

function checkReferences(project: Project, service: ProjectService): void {
  for (const mount of listAt(service.value, "volumes")) {
    const source = mount instanceof Map && stringAt(mount, "type") === "volume" ? stringAt(mount, "source") : "";
    if (source !== "" && !project.volumes.has(source)) throw undefinedName(service, "volumes", "volume", source);
  }
  const build = mapAt(service.value, "build");
  const references: [JsonMap | undefined, string, string, JsonMap, string][] = [
    [build, "secrets", "secret", project.secrets, "build"],
    [service.value, "configs", "config", project.configs, "configs"],
    [service.value, "secrets", "secret", project.secrets, "secrets"],
  ];
  for (const [owner, key, kind, known, placeKey] of references) {
    for (const item of listAt(owner, key)) {
      const source = item instanceof Map ? stringAt(item, "source") : "";
      if (!known.has(source)) throw undefinedName(service, placeKey, kind, source);
    }
  }
}

/** One limit in two places must be one number. */
function checkLimits(service: ProjectService): void {
  const resources = mapAt(mapAt(service.value, "deploy"), "resources");
  const pairs: [string, string, string, JsonValue][] = [
    ["cpus", "limits", "cpus", 0],
    ["mem_limit", "limits", "memory", "0"],
    ["mem_reservation", "reservations", "memory", "0"],
    ["pids_limit", "limits", "pids", 0n],
  ];
  for (const [key, group, name, zero] of pairs) {
    const own = service.value.get(key);
    const limits = mapAt(resources, group);
    if (own === undefined || limits === undefined || (limits.get(name) ?? zero) === own) continue;
    const message = `\`${service.name}\` says one thing in \`${key}\` and another in \`deploy.resources.${group}.${name}\`.`;
    const place = at(service.node, key)?.place ?? service.node.place;
    throw new ModelProblem("compose.conflicting-limits", message, place, "Keep one of the two.");
  }
}

function checkScale(service: ProjectService): void {
  const deploy = mapAt(service.value, "deploy");
  const scale = service.value.get("scale");
  const replicas = deploy?.get("replicas");
  if (scale !== undefined && replicas !== undefined && scale !== replicas) {
    const message = `\`${service.name}\` says one thing in \`scale\` and another in \`deploy.replicas\`.`;
    throw problem(service, "scale", message, "Keep one of the two.");
  }
  if (scale !== undefined) deploy?.set("replicas", scale);
  const count = scale ?? replicas ?? 1n;
  if (typeof count === "bigint" && count > 1n && stringAt(service.value, "container_name") !== "") {
    const message = `\`${service.name}\` has a \`container_name\`, so there can be only one of it.`;
    throw problem(service, "container_name", message, "Take out `container_name`, or the number of replicas.");
  }
}

function checkWatch(service: ProjectService): void {
  for (const item of listAt(mapAt(service.value, "develop"), "watch")) {
    if (!(item instanceof Map) || stringAt(item, "target") !== "") continue;
    if (["rebuild", "restart"].includes(stringAt(item, "action"))) continue;
    throw problem(service, "develop", `A watch of \`${service.name}\` that copies files needs a \`target\`.`);
  }
}

function checkSecrets(project: Project): void {
  for (const [name, secret] of project.secrets) {
    if (!(secret instanceof Map) || secret.get("external") === true) continue;
    if (stringAt(secret, "file") !== "" || stringAt(secret, "environment") !== "") continue;
    const node = at(at(project.root, "secrets"), name);
    const message = `The secret \`${name}\` needs \`file\` or \`environment\`.`;
    throw new ModelProblem("compose.missing-key", message, node === undefined ? null : keyOrPlace(node));
  }
}

function checkCycle(project: Project): void {
  const services = [...project.services.values()].map(({ name, value }) => ({
    name,
    dependsOn: [...(mapAt(value, "depends_on") ?? new Map<string, JsonValue>()).keys()]
      .filter((other) => project.services.has(other))
      .map((service) => ({ service })),
  }));
  const cycle = findCycle(services);
  const first = project.services.get(cycle?.[0] ?? "");
  if (cycle === null || first === undefined) return;
  const message = `These services wait for each other: ${cycle.join(" -> ")}.`;
  const node = at(first.node, "depends_on") ?? first.node;
  throw new ModelProblem(
    "compose.dependency-cycle",
    message,
    keyOrPlace(node),
    "Take one `depends_on` out of the circle.",
  );
}
