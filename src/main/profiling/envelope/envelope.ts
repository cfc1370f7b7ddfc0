import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import type { Budget, EngineInfo, Envelope, Service } from "../../../shared/domain/index.ts";
import type { ContainerSpec } from "../../engines/index.ts";
import { isOwnerAlive } from "../../store/index.ts";
import { childGroups } from "./child-groups.ts";
import { narrowCpuList } from "./cpuset.ts";
import { type GroupPaths, groupPaths } from "./group-paths.ts";
import { type CgroupMounts, readCgroupMounts } from "./mounts.ts";
import { envelopeName, envelopeOwner } from "./name.ts";
import { cpusNamed } from "./own-cores.ts";
import { type EnvelopeHost, type EnvelopePlan, planEnvelope } from "./plan.ts";
import { removeGroup } from "./remove-group.ts";
import { makeGroup, writeLimits } from "./write-group.ts";

/** A cgroup around a whole stack, or the reason why there is none. Whoever made it removes it. */
export interface EnvelopeHandle {
  /** As it is published. */
  envelope: Envelope;
  /** Where a service's containers go, and its own limits in terms of this machine. */
  place(service: Service): { cgroupParent: string | null; limits: ContainerSpec["limits"] };
  /** The groups to read; null when the run is only observed. */
  groups: { stack: GroupPaths; services: ReadonlyMap<string, GroupPaths> } | null;
  /** Kills what still runs inside and takes it away. May be called again. */
  remove(): Promise<void>;
}

export interface EnvelopeRequest {
  runId: string;
  budget: Budget;
  services: readonly Service[];
  host: EnvelopeHost;
  engine: EngineInfo;
}

/**
 * Makes the envelope of a budget by direct write: a group with the device's memory, CPU quota and CPU set, and in it a
 * group for each service, which its containers join. Where that is not possible the run is only observed, and
 * `missing` says why.
 */
export async function createEnvelope(request: EnvelopeRequest): Promise<EnvelopeHandle> {
  const plan = planEnvelope(request.budget, request.services, request.host);
  const mounts = readCgroupMounts();
  const obstacle = whyNotDirect(request.engine, mounts);
  if (obstacle !== null || mounts === null) return observeOnly(plan, obstacle ?? "");
  const name = `/${envelopeName(request.runId)}`;
  const stack = groupPaths(mounts, name);
  const remove = () => removeGroup(mounts, name);
  const services = new Map<string, GroupPaths>();
  const missing = [...plan.missing];
  const limits = { ...plan.limits, cpuset: cpusetOf(mounts, plan) };
  try {
    await makeGroup(stack);
    writeLimits(stack, limits, missing);
    for (const service of request.services) {
      const paths = groupPaths(mounts, `${name}/${service.name}`);
      await makeGroup(paths);
      services.set(service.name, paths);
    }
  } catch (error) {
    await remove();
    if (!isRefusal(error)) throw error;
    return observeOnly(plan, `this machine refuses to make one (${error.message})`);
  }
  return {
    envelope: { mode: "direct", limits, ...speedOf(plan), missing },
    place: (service) => ({ cgroupParent: `${name}/${service.name}`, limits: limitsOf(plan, service, limits.cpuset) }),
    groups: { stack, services },
    remove,
  };
}

/**
 * Removes the envelopes of processes that died, and kills what still runs in them. One of a living process is never
 * touched. Gives the names of what was removed.
 */
export async function cleanDeadEnvelopes(): Promise<string[]> {
  const mounts = readCgroupMounts();
  if (mounts === null) return [];
  const dead = new Set<string>();
  for (const mount of mounts.all) {
    for (const name of childGroups(mount)) {
      const owner = envelopeOwner(name);
      if (owner !== null && !isOwnerAlive(owner)) dead.add(name);
    }
  }
  for (const name of dead) await removeGroup(mounts, `/${name}`);
  return [...dead];
}

function whyNotDirect(engine: EngineInfo, mounts: CgroupMounts | null): string | null {
  if (process.platform !== "linux") return `cgroups are a thing of Linux, and this is ${process.platform}`;
  if (mounts === null) return "no memory cgroup controller is mounted on this machine";
  if (engine.cgroupDriver !== "cgroupfs") {
    return `the engine's cgroup driver is ${engine.cgroupDriver}, and only cgroupfs takes a group made by direct write`;
  }
  if (process.getuid?.() !== 0) return "only root may make cgroups, and this is not root";
  if (engine.cgroupVersion !== mounts.version || !existsSync(engine.rootFolder)) {
    return "the engine does not run on this machine, so its containers are out of reach";
  }
  return null;
}

function observeOnly(plan: EnvelopePlan, reason: string): EnvelopeHandle {
  return {
    envelope: {
      mode: "observe",
      limits: { memoryBytes: null, cpuQuotaCores: null, cpuPeriodUs: null, cpuset: null, swapBytes: null },
      ...speedOf(plan),
      missing: [`the whole envelope: ${reason}`, ...plan.missing],
    },
    place: (service) => ({ cgroupParent: null, limits: limitsOf(plan, service, null) }),
    groups: null,
    remove: async () => undefined,
  };
}

function speedOf({ speedRatio, speedSource, cpuBand }: EnvelopePlan) {
  return { speedRatio, speedSource, ...(cpuBand === undefined ? {} : { cpuBand }) };
}

function limitsOf(plan: EnvelopePlan, service: Service, cpuset: string | null): ContainerSpec["limits"] {
  const limits = plan.services.get(service.name);
  if (limits === undefined) throw new RangeError(`${service.name} is not in this envelope.`);
  // The numbers of a CPU set are the device's: here all that the envelope has stand for them, and a quota for how many.
  if (cpusNamed(service.options.cpuset) === null) return limits;
  return { ...limits, cpuset: cpuset ?? `0-${cpus().length - 1}` };
}

function cpusetOf(mounts: CgroupMounts, plan: EnvelopePlan): string | null {
  const mount = mounts.controllers.get("cpuset");
  if (plan.cpusetCpus === null || mount === undefined) return null;
  const file = mounts.version === 1 ? "cpuset.cpus" : "cpuset.cpus.effective";
  return narrowCpuList(readFileSync(join(mount, file), "utf8"), plan.cpusetCpus);
}

function isRefusal(error: unknown): error is Error {
  const refusals: unknown[] = ["EACCES", "EPERM", "EROFS", "EBUSY", "EINVAL", "ENOTSUP", "EOPNOTSUPP"];
  return error instanceof Error && "code" in error && refusals.includes(error.code);
}
