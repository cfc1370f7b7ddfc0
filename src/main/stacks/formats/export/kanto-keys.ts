/** Keys of a service that Kanto has words for, or that mean nothing to a device; each is looked at where it is written. */
export const saidKeys: ReadonlySet<string> = new Set([
  "image",
  "command",
  "environment",
  "hostname",
  "domainname",
  "container_name",
  "ports",
  "volumes",
  "tmpfs",
  "networks",
  "network_mode",
  "devices",
  "cap_add",
  "privileged",
  "restart",
  "extra_hosts",
  "logging",
  "mem_limit",
  "mem_reservation",
  "memswap_limit",
  "deploy",
  "tty",
  "stdin_open",
  "runtime",
  "expose",
  "profiles",
  "scale",
  "attach",
  "develop",
]);

const meanings: Readonly<Record<string, string>> = {
  build: "Kanto builds nothing: the image must be in a registry",
  entrypoint: "Kanto always runs the image's own; only the command can be set",
  user: "Kanto runs a container as the image says",
  working_dir: "Kanto takes the image's own",
  healthcheck: "Kanto does not check health",
  labels: "Kanto's containers carry none",
  depends_on: "Kanto starts containers in no order",
  cpus: "Kanto has no limit of CPU",
  cpu_quota: "Kanto has no limit of CPU",
  cpu_shares: "Kanto has no limit of CPU",
  cpuset: "Kanto has no limit of CPU",
  pids_limit: "Kanto has no limit of processes",
  stop_signal: "it can only be given with each stop",
  stop_grace_period: "it can only be given with each stop",
  secrets: "Kanto has no secrets: mount a folder of the device",
  configs: "Kanto has no configs: mount a folder of the device",
};

/** Why a key is lost; the end of a sentence. */
export function meaningOfLoss(key: string): string {
  return meanings[key] ?? "Kanto has no such field";
}
