import {
  AppError,
  type Place,
  plainOptions,
  type Service,
  type Stack,
  type Substitution,
} from "../../../shared/domain/index.ts";
import type { ServiceStandIn } from "../bayplan-file/local-settings.ts";
import { isSimilar } from "../compose/shape/shape.ts";
import { type LocalStandIns, type Step, shownFrom, standInPath } from "./local-stand-ins.ts";

/**
 * Services that something else runs for, or that are left out.
 * @throws AppError `bad-input` with the place of a service that the stack has not, or that cannot be left out.
 */
export function standInServices(stack: Stack, from: LocalStandIns): Step {
  const entries = Object.entries(from.local.services);
  for (const [name] of entries) requireService(stack, name, from.placeOf("services", name));
  const substitutions: Substitution[] = [];
  let { services } = stack;
  for (const [name, standIn] of entries) {
    const place = from.placeOf("services", name);
    if (standIn.omit === true) {
      services = without(services, name, place);
      substitutions.push({ kind: "service", service: name, what: "the service", instead: "left out", place });
      continue;
    }
    const replaced = (service: Service) => (service.name === name ? replace(service, standIn, from) : service);
    services = services.map(replaced);
    substitutions.push(...told(name, standIn, from));
    if (standIn.image === undefined) continue;
    // Its check asks the program that is not there.
    const waiting = services.filter(({ dependsOn }) =>
      dependsOn.some(({ service, condition }) => service === name && condition === "service_healthy"),
    );
    services = services.map((service) => waitingForStart(service, name));
    for (const { name: service } of waiting) {
      substitutions.push({ kind: "service", service, what: `the health of ${name}`, instead: "not waited for", place });
    }
  }
  if (services.length === 0) {
    const [name = ""] = entries[0] ?? [];
    throw wrong(from.placeOf("services", name), "No service of the stack is left.", "Leave one in.");
  }
  return { services, substitutions };
}

function replace(service: Service, standIn: ServiceStandIn, from: LocalStandIns): Service {
  const { image, command } = standIn;
  const changed = command === undefined ? service : { ...service, command };
  if (image === undefined) return changed;
  const { devices: _devices, deviceRequests: _requests, deviceCgroupRules: _rules, ...options } = service.options;
  const { devices, deviceRequests, deviceCgroupRules } = plainOptions;
  return {
    ...changed,
    image: isFolder(image) ? null : image,
    build: isFolder(image)
      ? { context: standInPath(from, image), dockerfile: "Dockerfile", args: {}, target: null }
      : null,
    command: command ?? null,
    entrypoint: null,
    user: null,
    workingFolder: null,
    healthcheck: null,
    // It stands in for the hardware, too.
    options: { ...options, devices, deviceRequests, deviceCgroupRules },
  };
}

function told(name: string, { image, command }: ServiceStandIn, from: LocalStandIns): Substitution[] {
  const kind = "service" as const;
  const place = from.placeOf("services", name);
  if (image !== undefined) {
    const instead = isFolder(image) ? `built from ${shownFrom(from, standInPath(from, image))}` : `the image ${image}`;
    return [{ kind, service: name, what: "the service", instead, place }];
  }
  return command === undefined
    ? []
    : [{ kind, service: name, what: "the command", instead: "set by bayplan.yaml", place }];
}

function isFolder(image: string): boolean {
  return /^[./]/.test(image);
}

function waitingForStart(service: Service, name: string): Service {
  const dependsOn = service.dependsOn.map((other) =>
    other.service === name && other.condition === "service_healthy"
      ? { ...other, condition: "service_started" as const }
      : other,
  );
  return { ...service, dependsOn };
}

function without(services: readonly Service[], name: string, place: Place): Service[] {
  const rest = services.filter((service) => service.name !== name);
  for (const { name: other, options } of rest) {
    const modes = [options.networkMode, options.ipcMode, options.pidMode];
    const shares = modes.includes(`service:${name}`) || options.volumesFrom.some((from) => from.split(":")[0] === name);
    if (!shares) continue;
    throw wrong(
      place,
      `${other} shares a namespace or mounts with ${name}, which cannot be left out.`,
      "Name an image for it.",
    );
  }
  return rest.map((service) => ({
    ...service,
    dependsOn: service.dependsOn.filter(({ service: other }) => other !== name),
    options: { ...service.options, links: service.options.links.filter((link) => link.split(":")[0] !== name) },
  }));
}

function requireService(stack: Stack, name: string, place: Place): void {
  const names = stack.services.map((service) => service.name);
  if (names.includes(name)) return;
  const similar = names.find((other) => isSimilar(other, name));
  const hint = similar === undefined ? `It has ${names.join(", ")}.` : `Did you mean \`${similar}\`?`;
  throw wrong(place, `The stack has no service \`${name.slice(0, 60)}\`.`, hint);
}

/** The failure for something of `bayplan.yaml` that cannot be done. */
export function wrong({ file, line, column }: Place, message: string, hint: string): AppError {
  return new AppError("bad-input", `${file}:${line}:${column}: ${message}`, { hint });
}
