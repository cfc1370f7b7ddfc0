import type { ServiceLimits } from "../../../shared/domain/index.ts";
import { badValue, type Fields, fieldsOf } from "./fields.ts";
import { readBytes, readNumber, readText, readWhole } from "./values.ts";

/** Zero (and -1 for pids) is Compose's way to write "no limit". */
function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}

interface Written {
  limits: ServiceLimits;
  /** The key in `deploy` that says the same, for messages. */
  keys: Record<keyof ServiceLimits, string>;
}

const noLimits: ServiceLimits = { memoryBytes: null, memoryReservationBytes: null, cpuCores: null, pids: null };

const ownKeys: Record<keyof ServiceLimits, string> = {
  memoryBytes: "mem_limit",
  memoryReservationBytes: "mem_reservation",
  cpuCores: "cpus",
  pids: "pids_limit",
};

const deployKeys: Record<keyof ServiceLimits, string> = {
  memoryBytes: "deploy.resources.limits.memory",
  memoryReservationBytes: "deploy.resources.reservations.memory",
  cpuCores: "deploy.resources.limits.cpus",
  pids: "deploy.resources.limits.pids",
};

/**
 * A service's limits from its own keys and from `deploy`. As in Compose, both may be given when they agree;
 * when they differ it is an error, since nobody can say which one is meant.
 */
export function readLimits(fields: Fields): ServiceLimits {
  const own: Written = {
    keys: ownKeys,
    limits: {
      memoryBytes: positive(readBytes(fields, "mem_limit")),
      memoryReservationBytes: positive(readBytes(fields, "mem_reservation")),
      cpuCores: positive(readNumber(fields, "cpus")),
      pids: positive(readWhole(fields, "pids_limit")),
    },
  };
  const deploy: Written = { keys: deployKeys, limits: readDeploy(fields) };
  return {
    memoryBytes: agree(fields, "memoryBytes", own, deploy),
    memoryReservationBytes: agree(fields, "memoryReservationBytes", own, deploy),
    cpuCores: agree(fields, "cpuCores", own, deploy),
    pids: agree(fields, "pids", own, deploy),
  };
}

function agree(fields: Fields, limit: keyof ServiceLimits, own: Written, deploy: Written): number | null {
  const [first, second] = [own.limits[limit], deploy.limits[limit]];
  if (first !== null && second !== null && first !== second) {
    const node = fields.get(own.keys[limit]);
    const message = `\`${own.keys[limit]}\` and \`${deploy.keys[limit]}\` of ${fields.owner} differ.`;
    fields.reading.error("compose.conflicting-limits", node?.place ?? null, message, "Keep one of the two.");
  }
  return first ?? second;
}

function readDeploy(fields: Fields): ServiceLimits {
  const node = fields.get("deploy");
  const deploy = node === null ? null : fieldsOf(fields.reading, node, `\`deploy\` of ${fields.owner}`);
  if (deploy === null) return noLimits;
  const replicas = readWhole(deploy, "replicas");
  const replicasNode = deploy.get("replicas");
  if (replicas !== null && replicas !== 1 && replicasNode !== null) refuseReplicas(fields, replicasNode, replicas);
  // Replicated is what a service is anyway, and `global` means one on this single engine.
  readText(deploy, "mode");
  const resourcesNode = deploy.get("resources");
  deploy.finish();
  const resources =
    resourcesNode === null ? null : fieldsOf(fields.reading, resourcesNode, `\`deploy.resources\` of ${fields.owner}`);
  if (resources === null) return noLimits;
  const limits = readGroup(resources, "limits", fields.owner);
  const reservations = readGroup(resources, "reservations", fields.owner);
  resources.finish();
  const result = {
    memoryBytes: limits && positive(readBytes(limits, "memory")),
    memoryReservationBytes: reservations && positive(readBytes(reservations, "memory")),
    cpuCores: limits && positive(readNumber(limits, "cpus")),
    pids: limits && positive(readWhole(limits, "pids")),
  };
  limits?.finish();
  reservations?.finish();
  return result;
}

function readGroup(resources: Fields, key: string, owner: string): Fields | null {
  const node = resources.get(key);
  return node === null ? null : fieldsOf(resources.reading, node, `\`deploy.resources.${key}\` of ${owner}`);
}

/** One container is run for a service: a verdict on one of several would be too good. */
export function refuseReplicas(fields: Fields, node: Parameters<typeof badValue>[1], replicas: number): void {
  const message = `${fields.owner} asks for ${replicas} replicas; one container per service is run.`;
  badValue(fields.reading, node, message, "Set it to 1, or write the service down several times.");
}
