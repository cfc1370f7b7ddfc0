import type { Remark } from "../model-problem.ts";
import { keyOrPlace, type ModelNode } from "../node.ts";
import { meaningOf } from "./key-meanings.ts";

/** Which keys are applied: all below one, or only some of those below it; `items` are those of a list, `each` those of any name. */
type Applied = true | { keys?: Readonly<Record<string, Applied>>; items?: Applied; each?: Applied };

const resources: Applied = {
  keys: {
    limits: { keys: { cpus: true, memory: true, pids: true } },
    reservations: { keys: { memory: true } },
  },
};

const service: Applied = {
  keys: {
    image: true,
    build: { keys: { context: true, dockerfile: true, args: true, target: true } },
    command: true,
    entrypoint: true,
    environment: true,
    env_file: true,
    labels: true,
    label_file: true,
    profiles: true,
    ports: {
      items: {
        keys: {
          target: true,
          published: true,
          host_ip: true,
          protocol: true,
          mode: true,
          name: true,
          app_protocol: true,
        },
      },
    },
    volumes: {
      items: {
        keys: {
          type: true,
          source: true,
          target: true,
          read_only: true,
          consistency: true,
          // Creating the folder is what the engine does anyway.
          bind: { keys: { create_host_path: true } },
          volume: { keys: {} },
          tmpfs: { keys: { size: true } },
        },
      },
    },
    tmpfs: true,
    networks: { each: { keys: { aliases: true } } },
    depends_on: { each: { keys: { condition: true, required: true, restart: true } } },
    healthcheck: {
      keys: { test: true, interval: true, timeout: true, start_period: true, retries: true, disable: true },
    },
    restart: true,
    mem_limit: true,
    mem_reservation: true,
    cpus: true,
    pids_limit: true,
    container_name: true,
    hostname: true,
    user: true,
    working_dir: true,
    read_only: true,
    init: true,
    stop_signal: true,
    stop_grace_period: true,
    scale: true,
    deploy: { keys: { replicas: true, mode: true, resources, placement: { keys: {} } } },
    "x-bayplan": { keys: { batch: true, load: true } },
  },
};

/** What of a compose file the runner applies. */
const file: Applied = {
  keys: {
    name: true,
    services: { each: service },
    networks: { each: { keys: { name: true, external: true, internal: true, driver: true } } },
    volumes: { each: { keys: { name: true, external: true, driver: true } } },
    "x-bayplan": { keys: { load: true } },
  },
};

/** Says of every key that is not applied what that means for a run, so that none is dropped in silence. */
export function remarkNotApplied(root: ModelNode, remark: Remark): void {
  visit(root, file, "the stack", remark);
}

function visit(node: ModelNode, applied: Applied, owner: string, remark: Remark): void {
  if (applied === true) return;
  if (node.kind === "list" && applied.items !== undefined) {
    for (const item of node.items) visit(item, applied.items, owner, remark);
  }
  if (node.kind !== "map") return;
  for (const [key, value] of node.entries) {
    const below = applied.keys?.[key] ?? applied.each;
    if (below !== undefined && (applied.each !== undefined || Object.hasOwn(applied.keys ?? {}, key))) {
      visit(value, below, ownerBelow(owner, key, applied), remark);
    } else if (!key.startsWith("x-") || key === "x-bayplan" || owner.includes("`x-bayplan`")) {
      const message = `\`${key}\` of ${owner} is not applied: ${meaningOf(key)}.`;
      remark({ rule: "compose.unsupported-key", severity: "warning", message, place: keyOrPlace(value), hint: null });
    }
  }
}

function ownerBelow(owner: string, key: string, applied: Applied): string {
  if (applied === file) return `\`${key}\``;
  if (owner === "`services`") return `service \`${key}\``;
  if (owner === "`networks`") return `the network \`${key}\``;
  if (owner === "`volumes`") return `the volume \`${key}\``;
  return `\`${key}\` of ${owner}`;
}
