import {
  anything,
  finite,
  forms,
  list,
  type MappingRules,
  mapping,
  oneOf,
  orEmpty,
  type Shape,
  scalar,
  wholeBetween,
} from "./shape.ts";

/**
 * What may stand where in a compose file, as Compose 2.26 has it (its schema `compose-spec.json`, compose-go 2.4).
 * Short and long forms are both allowed, since files are checked again after each merge.
 */

const text = scalar("text");
const flag = scalar("flag", "text");
const number = scalar("number", "text");
const whole = scalar("whole", "text");
const name = /^[a-zA-Z0-9._-]+$/;
const some = /^[^\n]+/;

const texts = list(text);
const uniqueTexts = list(text, "unique");
const textOrList = forms({ scalar: text, list: uniqueTexts });
const object = (fields: MappingRules["fields"], required: readonly string[] = []): Shape =>
  mapping({ ...(fields && { fields }), required });

const listOrMapping = forms({
  list: uniqueTexts,
  map: mapping({ keys: { pattern: /./, shape: scalar("text", "number", "flag", "null") }, others: "strict" }),
});
const driverOptions = mapping({ keys: { pattern: some, shape: scalar("text", "number") }, others: "open" });
const command = forms({ scalar: scalar("text", "null"), list: texts });
const extraHosts = forms({
  list: uniqueTexts,
  map: mapping({ keys: { pattern: /./, shape: forms({ scalar: text, list: texts }) }, others: "strict" }),
});
const fileMounts = list(
  forms({ scalar: text, map: object({ source: text, target: text, uid: text, gid: text, mode: number }) }),
);
const ulimits = mapping({
  keys: {
    pattern: /^[a-z]+$/,
    shape: forms({ scalar: whole, map: object({ hard: whole, soft: whole }, ["soft", "hard"]) }),
  },
  others: "open",
});
const hook = object({
  command,
  user: text,
  privileged: flag,
  working_dir: text,
  environment: listOrMapping,
});

const build = forms({
  scalar: text,
  map: object({
    context: text,
    dockerfile: text,
    dockerfile_inline: text,
    entitlements: texts,
    args: listOrMapping,
    ssh: listOrMapping,
    labels: listOrMapping,
    cache_from: texts,
    cache_to: texts,
    no_cache: flag,
    additional_contexts: listOrMapping,
    network: text,
    pull: flag,
    target: text,
    shm_size: whole,
    extra_hosts: extraHosts,
    isolation: text,
    privileged: flag,
    secrets: fileMounts,
    tags: texts,
    ulimits,
    platforms: texts,
  }),
});

const blkioLimits = list(mapping({ fields: { path: text, rate: whole }, others: "strict" }));
const blkio = mapping({
  fields: {
    device_read_bps: blkioLimits,
    device_read_iops: blkioLimits,
    device_write_bps: blkioLimits,
    device_write_iops: blkioLimits,
    weight: whole,
    weight_device: list(mapping({ fields: { path: text, weight: whole }, others: "strict" })),
  },
  others: "strict",
});

const deviceFields = {
  capabilities: uniqueTexts,
  count: whole,
  device_ids: uniqueTexts,
  driver: text,
  options: listOrMapping,
};

const updateConfig = object({
  parallelism: whole,
  delay: text,
  failure_action: text,
  monitor: text,
  max_failure_ratio: number,
  order: oneOf("start-first", "stop-first"),
});

const deploy = object({
  mode: text,
  endpoint_mode: text,
  replicas: whole,
  labels: listOrMapping,
  rollback_config: updateConfig,
  update_config: updateConfig,
  resources: object({
    limits: object({ cpus: number, memory: text, pids: whole }),
    reservations: object({
      cpus: number,
      memory: text,
      generic_resources: list(object({ discrete_resource_spec: object({ kind: text, value: number }) })),
      devices: list(object(deviceFields, ["capabilities"])),
    }),
  }),
  restart_policy: object({ condition: text, delay: text, max_attempts: whole, window: text }),
  placement: object({
    constraints: texts,
    preferences: list(object({ spread: text })),
    max_replicas_per_node: whole,
  }),
});

const watch = object(
  {
    ignore: texts,
    path: text,
    action: oneOf("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
    target: text,
    exec: hook,
  },
  ["path", "action"],
);

const dependsOn = forms({
  list: uniqueTexts,
  map: mapping({
    keys: {
      pattern: name,
      shape: object(
        {
          restart: flag,
          required: scalar("flag"),
          condition: oneOf("service_started", "service_healthy", "service_completed_successfully"),
        },
        ["condition"],
      ),
    },
    others: "strict",
  }),
});

const serviceNetwork = object({
  aliases: uniqueTexts,
  ipv4_address: text,
  ipv6_address: text,
  link_local_ips: uniqueTexts,
  mac_address: text,
  driver_opts: driverOptions,
  priority: scalar("number"),
  gw_priority: scalar("number"),
});

const port = object({
  name: text,
  mode: text,
  host_ip: text,
  target: whole,
  published: whole,
  protocol: text,
  app_protocol: text,
});

const volumeMount = object(
  {
    type: text,
    source: text,
    target: text,
    read_only: flag,
    consistency: text,
    bind: object({
      propagation: text,
      create_host_path: flag,
      recursive: oneOf("enabled", "disabled", "writable", "readonly"),
      selinux: oneOf("z", "Z"),
    }),
    volume: object({ nocopy: flag, subpath: text }),
    tmpfs: object({ size: wholeBetween(0, null), mode: number }),
  },
  ["type"],
);

const service = object({
  develop: orEmpty(object({ watch: list(watch) })),
  deploy: orEmpty(deploy),
  annotations: listOrMapping,
  attach: flag,
  build,
  blkio_config: blkio,
  cap_add: uniqueTexts,
  cap_drop: uniqueTexts,
  cgroup: oneOf("host", "private"),
  cgroup_parent: text,
  command,
  configs: fileMounts,
  container_name: text,
  cpu_count: wholeBetween(0, null),
  cpu_percent: wholeBetween(0, 100),
  cpu_shares: number,
  cpu_quota: number,
  cpu_period: number,
  cpu_rt_period: number,
  cpu_rt_runtime: number,
  cpus: number,
  cpuset: text,
  credential_spec: object({ config: text, file: text, registry: text }),
  depends_on: dependsOn,
  device_cgroup_rules: uniqueTexts,
  devices: list(forms({ scalar: text, map: object({ source: text, target: text, permissions: text }, ["source"]) })),
  dns: textOrList,
  dns_opt: uniqueTexts,
  dns_search: textOrList,
  domainname: text,
  entrypoint: command,
  env_file: forms({
    scalar: text,
    list: list(
      forms({
        scalar: text,
        map: mapping({ fields: { path: text, format: text, required: flag }, required: ["path"], others: "strict" }),
      }),
    ),
  }),
  label_file: forms({ scalar: text, list: texts }),
  environment: listOrMapping,
  expose: list(scalar("text", "number"), "unique"),
  extends: forms({
    scalar: text,
    map: mapping({ fields: { service: text, file: text }, required: ["service"], others: "strict" }),
  }),
  external_links: uniqueTexts,
  extra_hosts: extraHosts,
  gpus: forms({ scalar: oneOf("all"), list: list(mapping({ fields: deviceFields, others: "open" })) }),
  group_add: list(scalar("text", "number"), "unique"),
  healthcheck: object({
    disable: flag,
    interval: text,
    retries: number,
    test: forms({ scalar: text, list: texts }),
    timeout: text,
    start_period: text,
    start_interval: text,
  }),
  hostname: text,
  image: text,
  init: flag,
  ipc: text,
  isolation: text,
  labels: listOrMapping,
  links: uniqueTexts,
  logging: object({
    driver: text,
    options: mapping({ keys: { pattern: some, shape: scalar("text", "number", "null") }, others: "open" }),
  }),
  mac_address: text,
  mem_limit: number,
  mem_reservation: whole,
  mem_swappiness: whole,
  memswap_limit: number,
  network_mode: text,
  networks: forms({
    list: uniqueTexts,
    map: mapping({ keys: { pattern: name, shape: orEmpty(serviceNetwork) }, others: "strict" }),
  }),
  oom_kill_disable: flag,
  oom_score_adj: wholeBetween(-1000, 1000),
  pid: scalar("text", "null"),
  pids_limit: number,
  platform: text,
  ports: list(forms({ scalar: number, map: port }), "unique"),
  post_start: list(hook),
  pre_stop: list(hook),
  privileged: flag,
  profiles: uniqueTexts,
  pull_policy: oneOf("always", "never", "if_not_present", "build", "missing"),
  read_only: flag,
  restart: text,
  runtime: text,
  scale: whole,
  security_opt: uniqueTexts,
  shm_size: number,
  secrets: fileMounts,
  sysctls: listOrMapping,
  stdin_open: flag,
  stop_grace_period: text,
  stop_signal: text,
  storage_opt: mapping({ others: "open" }),
  tmpfs: textOrList,
  tty: flag,
  ulimits,
  user: text,
  uts: text,
  userns_mode: text,
  volumes: list(forms({ scalar: text, map: volumeMount }), "unique"),
  volumes_from: uniqueTexts,
  working_dir: text,
});

const external = forms({ scalar: flag, map: object({ name: text }) });
const openExternal = forms({ scalar: flag, map: mapping({ fields: { name: text }, others: "open" }) });

const network = orEmpty(
  object({
    name: text,
    driver: text,
    driver_opts: driverOptions,
    ipam: object({
      driver: text,
      config: list(
        object({
          subnet: text,
          ip_range: text,
          gateway: text,
          aux_addresses: mapping({ keys: { pattern: some, shape: text }, others: "strict" }),
        }),
      ),
      options: mapping({ keys: { pattern: some, shape: text }, others: "strict" }),
    }),
    external,
    internal: flag,
    enable_ipv4: flag,
    enable_ipv6: flag,
    attachable: flag,
    labels: listOrMapping,
  }),
);

const volume = orEmpty(
  object({ name: text, driver: text, driver_opts: driverOptions, external, labels: listOrMapping }),
);

const secret = object({
  name: text,
  environment: text,
  file: text,
  external: openExternal,
  labels: listOrMapping,
  driver: text,
  driver_opts: driverOptions,
  template_driver: text,
});

const config = object({
  name: text,
  content: text,
  environment: text,
  file: text,
  external: openExternal,
  labels: listOrMapping,
  template_driver: text,
});

const named = (shape: Shape, others: "strict" | "open" = "strict"): Shape =>
  mapping({ keys: { pattern: name, shape }, others });

const keys = mapping({
  fields: {
    version: text,
    name: text,
    include: list(anything),
    services: named(service),
    networks: named(network, "open"),
    volumes: named(volume),
    secrets: named(secret),
    configs: named(config),
  },
});

/** The whole file. */
export const composeShape: Shape = (node, path) => [...keys(node, path), ...finite(node, path)];
