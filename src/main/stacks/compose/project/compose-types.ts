import {
  bytes,
  command,
  count,
  countOrUnset,
  type Decode,
  deviceCount,
  duration,
  durationOrUnset,
  flag,
  flagOrUnset,
  healthTest,
  hosts,
  keptBytes,
  keptCount,
  keptText,
  keptWhole,
  labels,
  listOf,
  mapOf,
  object,
  options,
  renamed,
  single,
  sshKeys,
  text,
  textOptions,
  texts,
  textsOrNumbers,
  ulimit,
  variables,
  whole,
  wholeOrUnset,
} from "./decode.ts";

/**
 * What each key of the canonical model holds and when it is printed, as `docker compose config --format json` of 2.26
 * prints it (the types of compose-go 2.4).
 */

const empty = () => new Map();
const nothing = () => null;

const fileReference = object({ source: text, target: text, uid: text, gid: text, mode: countOrUnset });

const hook = object(
  { command, user: text, privileged: flag, working_dir: text, environment: variables },
  { always: { command: nothing } },
);

const build = object({
  context: text,
  dockerfile: text,
  dockerfile_inline: text,
  entitlements: texts,
  args: variables,
  ssh: sshKeys,
  labels,
  cache_from: texts,
  cache_to: texts,
  no_cache: flag,
  additional_contexts: labels,
  pull: flag,
  extra_hosts: hosts,
  isolation: text,
  network: text,
  target: text,
  secrets: listOf(fileReference),
  shm_size: bytes,
  tags: texts,
  ulimits: mapOf(ulimit),
  platforms: texts,
  privileged: flag,
});

// The reference gives these two no names of their own for JSON.
const weightDevice = renamed(
  object({ path: keptText, weight: keptCount }, { always: { path: () => "", weight: () => 0n } }),
  { path: "Path", weight: "Weight" },
);
const throttleDevice = renamed(
  object({ path: keptText, rate: keptBytes }, { always: { path: () => "", rate: () => "0" } }),
  { path: "Path", rate: "Rate" },
);

const blkio = object({
  weight: count,
  weight_device: listOf(weightDevice),
  device_read_bps: listOf(throttleDevice),
  device_read_iops: listOf(throttleDevice),
  device_write_bps: listOf(throttleDevice),
  device_write_iops: listOf(throttleDevice),
});

const deviceRequest = object({
  capabilities: texts,
  driver: text,
  count: deviceCount,
  device_ids: texts,
  options: labels,
});

const updateConfig = object({
  parallelism: countOrUnset,
  delay: duration,
  failure_action: text,
  monitor: duration,
  max_failure_ratio: single,
  order: text,
});

const resource = object({
  cpus: single,
  memory: bytes,
  pids: whole,
  devices: listOf(deviceRequest),
  generic_resources: listOf(
    object({
      discrete_resource_spec: object(
        { kind: keptText, value: keptWhole },
        { always: { kind: () => "", value: () => 0n } },
      ),
    }),
  ),
});

const deploy = object(
  {
    mode: text,
    replicas: wholeOrUnset,
    labels,
    update_config: updateConfig,
    rollback_config: updateConfig,
    resources: object({ limits: resource, reservations: resource }),
    restart_policy: object({
      condition: text,
      delay: durationOrUnset,
      max_attempts: countOrUnset,
      window: durationOrUnset,
    }),
    placement: object({
      constraints: texts,
      preferences: listOf(object({ spread: text })),
      max_replicas_per_node: count,
    }),
    endpoint_mode: text,
  },
  { always: { resources: empty, placement: empty } },
);

const watch = object(
  { path: keptText, action: keptText, target: text, exec: hook, ignore: texts },
  { always: { exec: () => new Map([["command", null]]) } },
);

const serviceNetwork = object({
  priority: whole,
  aliases: texts,
  ipv4_address: text,
  ipv6_address: text,
  link_local_ips: texts,
  mac_address: text,
  driver_opts: options,
});

const volumeMount = object({
  type: text,
  source: text,
  target: text,
  read_only: flag,
  consistency: text,
  bind: object({ selinux: text, propagation: text, create_host_path: flag, recursive: text }),
  volume: object({ nocopy: flag, subpath: text }),
  tmpfs: object({ size: bytes, mode: count }),
});

export const serviceType: Decode = object(
  {
    profiles: texts,
    annotations: labels,
    attach: flagOrUnset,
    build,
    develop: object({ watch: listOf(watch) }),
    blkio_config: blkio,
    cap_add: texts,
    cap_drop: texts,
    cgroup_parent: text,
    cgroup: text,
    cpu_count: whole,
    cpu_percent: single,
    cpu_period: whole,
    cpu_quota: whole,
    cpu_rt_period: whole,
    cpu_rt_runtime: whole,
    cpus: single,
    cpuset: text,
    cpu_shares: whole,
    command,
    configs: listOf(fileReference),
    container_name: text,
    credential_spec: object({ config: text, file: text, registry: text }),
    depends_on: mapOf(
      object({ condition: text, restart: flag, required: flagOrUnset }, { always: { required: () => false } }),
    ),
    deploy,
    device_cgroup_rules: texts,
    devices: listOf(object({ source: text, target: text, permissions: text })),
    dns: texts,
    dns_opt: texts,
    dns_search: texts,
    domainname: text,
    entrypoint: command,
    environment: variables,
    env_file: listOf(object({ path: text, required: flagOrUnset, format: text })),
    expose: textsOrNumbers,
    external_links: texts,
    extra_hosts: hosts,
    group_add: texts,
    gpus: listOf(deviceRequest),
    hostname: text,
    healthcheck: object({
      test: healthTest,
      timeout: durationOrUnset,
      interval: durationOrUnset,
      retries: countOrUnset,
      start_period: durationOrUnset,
      start_interval: durationOrUnset,
      disable: flag,
    }),
    image: text,
    init: flagOrUnset,
    ipc: text,
    isolation: text,
    labels,
    label_file: texts,
    links: texts,
    logging: object({ driver: text, options }),
    mem_limit: bytes,
    mem_reservation: bytes,
    memswap_limit: bytes,
    mem_swappiness: bytes,
    mac_address: text,
    network_mode: text,
    networks: mapOf(serviceNetwork),
    oom_kill_disable: flag,
    oom_score_adj: whole,
    pid: text,
    pids_limit: whole,
    platform: text,
    ports: listOf(
      object({
        name: text,
        mode: text,
        host_ip: text,
        target: count,
        published: text,
        protocol: text,
        app_protocol: text,
      }),
    ),
    privileged: flag,
    pull_policy: text,
    read_only: flag,
    restart: text,
    runtime: text,
    scale: wholeOrUnset,
    secrets: listOf(fileReference),
    security_opt: texts,
    shm_size: bytes,
    stdin_open: flag,
    stop_grace_period: durationOrUnset,
    stop_signal: text,
    storage_opt: textOptions,
    sysctls: labels,
    tmpfs: texts,
    tty: flag,
    ulimits: mapOf(ulimit),
    user: text,
    userns_mode: text,
    uts: text,
    volumes: listOf(volumeMount),
    volumes_from: texts,
    working_dir: text,
    post_start: listOf(hook),
    pre_stop: listOf(hook),
  },
  { always: { command: nothing, entrypoint: nothing } },
);

export const networkType: Decode = object(
  {
    name: text,
    driver: text,
    driver_opts: options,
    ipam: object({
      driver: text,
      config: listOf(object({ subnet: text, gateway: text, ip_range: text, aux_addresses: labels })),
    }),
    external: flag,
    internal: flag,
    attachable: flag,
    labels,
    enable_ipv4: flagOrUnset,
    enable_ipv6: flagOrUnset,
  },
  { always: { ipam: empty } },
);

export const volumeType: Decode = object({ name: text, driver: text, driver_opts: options, external: flag, labels });

export const fileObjectType: Decode = object({
  name: text,
  file: text,
  environment: text,
  content: text,
  external: flag,
  labels,
  driver: text,
  driver_opts: textOptions,
  template_driver: text,
});
