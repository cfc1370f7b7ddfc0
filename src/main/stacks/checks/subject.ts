import type { Budget, CheckTarget, Place } from "../../../shared/domain/index.ts";
import { at, keyOrPlace, type ModelNode } from "../compose/node.ts";
import { type JsonMap, type JsonValue, listAt, mapAt, stringAt } from "../compose/project/json-value.ts";
import type { Project, ProjectService } from "../compose/project/project.ts";
import { type ImageReference, parseImage } from "./image-reference.ts";

/** What the rules look at: the canonical model with places, what the stack is meant for, and the lines of its files. */
export interface CheckSubject {
  project: Project;
  services: readonly CheckedService[];
  target: CheckTarget;
  /** The device that the stack is meant for; null when none was named. */
  device: Budget | null;
  /** The lines of every file that was read. */
  lines: ReadonlyMap<string, readonly string[]>;
}

/** One service as rules ask about it. */
export class CheckedService {
  readonly name: string;
  readonly value: JsonMap;
  readonly node: ModelNode;
  readonly image: ImageReference | null;

  constructor({ name, value, node }: ProjectService) {
    this.name = name;
    this.value = value;
    this.node = node;
    const image = stringAt(value, "image");
    this.image = image === "" ? null : parseImage(image);
  }

  /** Where a value stands, or the nearest one around it that is written. */
  place(...path: readonly (string | number)[]): Place {
    let node = this.node;
    for (const [depth, step] of path.entries()) {
      const next = typeof step === "string" ? at(node, step) : node.kind === "list" ? node.items[step] : undefined;
      // What reading has added to the service, such as the default network, stands nowhere.
      if (next === undefined || (depth === 0 && next.keyPlace === undefined)) break;
      node = next;
    }
    return keyOrPlace(node);
  }

  /** True for a key that a person wrote, not one that reading the file has added. */
  wrote(key: string): boolean {
    return at(this.node, key)?.keyPlace !== undefined;
  }

  text(key: string): string {
    return stringAt(this.value, key);
  }

  get limits(): JsonMap | undefined {
    return mapAt(mapAt(mapAt(this.value, "deploy"), "resources"), "limits");
  }

  get reservations(): JsonMap | undefined {
    return mapAt(mapAt(mapAt(this.value, "deploy"), "resources"), "reservations");
  }

  /** The memory limit in bytes; null when there is none. */
  get memoryLimit(): number | null {
    return positive(this.value.get("mem_limit")) ?? positive(this.limits?.get("memory"));
  }

  get memoryReservation(): number | null {
    return positive(this.value.get("mem_reservation")) ?? positive(this.reservations?.get("memory"));
  }

  /** The CPU limit in cores; null when there is none. */
  get cpuLimit(): number | null {
    const quota = positive(this.value.get("cpu_quota"));
    const byQuota = quota === null ? null : quota / (positive(this.value.get("cpu_period")) ?? 100_000);
    return positive(this.value.get("cpus")) ?? positive(this.limits?.get("cpus")) ?? byQuota;
  }

  /** The mounts in their long form. */
  get mounts(): JsonMap[] {
    return maps(listAt(this.value, "volumes"));
  }

  /** The published ports in their long form. */
  get ports(): JsonMap[] {
    return maps(listAt(this.value, "ports"));
  }

  get usesHostNetwork(): boolean {
    return this.text("network_mode") === "host";
  }

  /** A service that only makes load while a stack is measured; it is never deployed. */
  get isLoad(): boolean {
    const load = at(at(this.node, "x-bayplan"), "load");
    return load?.kind === "bool" && load.value;
  }
}

function positive(value: JsonValue | undefined): number | null {
  const number = Number(value ?? 0);
  return number > 0 ? number : null;
}

function maps(values: readonly JsonValue[]): JsonMap[] {
  return values.filter((value) => value instanceof Map);
}

/** The services of a project that are deployed, in the order of the file. */
export function checkedServices(project: Project): CheckedService[] {
  return [...project.services.values()]
    .map((service) => new CheckedService(service))
    .filter((service) => !service.isLoad);
}

/** What a person wrote at a place, from there to the end of the line. */
export function writtenAt({ lines }: CheckSubject, { file, line, column }: Place): string {
  return lines.get(file)?.[line - 1]?.slice(column - 1) ?? "";
}
