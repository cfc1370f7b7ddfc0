import type { Remark } from "../model-problem.ts";
import { keyOrPlace, type ModelNode } from "../node.ts";
import { meaningOf } from "./key-meanings.ts";

/** Which keys are applied: all below one, or only some of those below it; `items` are those of a list, `each` those of any name. */
type Applied = true | { keys?: Readonly<Record<string, Applied>>; items?: Applied; each?: Applied };

/** Keys of a service that are applied whole. */
const plain =
  `annotations blkio_config cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_period cpu_quota cpu_rt_period
  cpu_rt_runtime cpu_shares cpus cpuset depends_on device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file
  environment expose external_links extra_hosts gpus group_add hostname image init ipc isolation label_file labels links logging mac_address
  mem_limit mem_reservation mem_swappiness memswap_limit network_mode oom_kill_disable oom_score_adj pid pids_limit platform
  post_start pre_stop privileged profiles pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal
  storage_opt sysctls tmpfs tty ulimits user userns_mode uts volumes_from working_dir`.split(/\s+/);

const service: Applied = {
  keys: {
    ...Object.fromEntries(plain.map((key) => [key, true] as const)),
    build: {
      keys: Object.fromEntries(
        `args cache_from context dockerfile dockerfile_inline extra_hosts labels network no_cache platforms pull shm_size tags target
          ulimits`
          .split(/\s+/)
          .map((key) => [key, true] as const),
      ),
    },
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
          bind: { keys: { create_host_path: true, propagation: true, selinux: true } },
          volume: { keys: { nocopy: true } },
          tmpfs: { keys: { size: true, mode: true } },
        },
      },
    },
    networks: {
      each: {
        keys: {
          aliases: true,
          ipv4_address: true,
          ipv6_address: true,
          link_local_ips: true,
          mac_address: true,
          driver_opts: true,
          priority: true,
        },
      },
    },
    healthcheck: {
      keys: { test: true, interval: true, timeout: true, start_period: true, retries: true, disable: true },
    },
    deploy: {
      keys: {
        replicas: true,
        mode: true,
        resources: {
          keys: {
            limits: { keys: { cpus: true, memory: true, pids: true } },
            reservations: { keys: { memory: true, devices: true } },
          },
        },
        placement: { keys: {} },
        restart_policy: { keys: { condition: true, max_attempts: true } },
      },
    },
    "x-bayplan": { keys: { batch: true, load: true } },
  },
};

const network: Applied = {
  keys: {
    name: true,
    external: true,
    internal: true,
    driver: true,
    driver_opts: true,
    attachable: true,
    enable_ipv6: true,
    labels: true,
    ipam: {
      keys: {
        driver: true,
        config: { items: { keys: { subnet: true, gateway: true, ip_range: true, aux_addresses: true } } },
      },
    },
  },
};

/** What of a compose file the runner applies. */
const file: Applied = {
  keys: {
    name: true,
    services: { each: service },
    networks: { each: network },
    volumes: { each: { keys: { name: true, external: true, driver: true, driver_opts: true, labels: true } } },
    configs: {
      each: { keys: { name: true, file: true, content: true, environment: true, external: true, labels: true } },
    },
    secrets: {
      each: { keys: { name: true, file: true, environment: true, external: true, labels: true, "x-#value": true } },
    },
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
