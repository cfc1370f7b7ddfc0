/** Keys of a service that balena's supervisor applies (balena-supervisor src/compose/sanitise.ts), and those of its builder. */
export const honouredKeys: ReadonlySet<string> = new Set(
  `build depends_on expose
   cap_add cap_drop command cgroup_parent devices dns dns_opt dns_search tmpfs entrypoint environment extra_hosts group_add
   healthcheck image init labels network_mode networks pid pids_limit ports security_opt stop_grace_period stop_signal
   storage_opt sysctls ulimits userns_mode volumes restart cpu_shares cpu_quota cpus cpuset domainname hostname ipc
   mac_address mem_limit mem_reservation oom_kill_disable oom_score_adj privileged read_only shm_size user working_dir tty`.split(
    /\s+/,
  ),
);

const meanings: Readonly<Record<string, string>> = {
  container_name: "it names containers itself",
  deploy: "its limits do not hold on the device; use mem_limit and cpus",
  env_file: "these variables are not set on the device; use environment",
  logging: "logs go to the journal",
  memswap_limit: "swap is left to the engine",
  mem_swappiness: "swapping is left to the engine",
  runtime: "the engine's own runtime is used",
  stdin_open: "the input of a service is closed",
  links: "use the names of the services",
  external_links: "use the names of the services",
  volumes_from: "these volumes are missing on the device",
  profiles: "every service runs",
  extends: "what the other service says is missing",
  secrets: "the secret is missing on the device",
  configs: "the file is missing on the device",
};

/** What it means on a device that balena drops a key; the end of a sentence. */
export function meaningOfDropped(key: string): string {
  return meanings[key] ?? "a device runs the service as if it were not there";
}
