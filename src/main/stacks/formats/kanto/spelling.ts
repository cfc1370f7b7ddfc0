/** How Kanto spells the parts that both of its dialects have: in its own container JSON, and in what it takes over MQTT. */
export const snakeCase = {
  propagation: "propagation_mode",
  pathOnHost: "path_on_host",
  pathInContainer: "path_in_container",
  permissions: "cgroup_permissions",
  retries: "maximum_retry_count",
  retryTimeout: "retry_timeout",
  /** How many of the unit that `retry_timeout` is written in make a second. */
  retryTimeoutPerSecond: 1e9,
  containerPort: "container_port",
  hostPort: "host_port",
  hostPortEnd: "host_port_end",
  hostAddress: "host_ip",
  reservation: "memory_reservation",
  swap: "memory_swap",
  extraHosts: "extra_hosts",
  extraCapabilities: "extra_capabilities",
  networkMode: "network_mode",
  portMappings: "port_mappings",
  restartPolicy: "restart_policy",
  mountPoints: "mount_points",
  hostName: "host_name",
  domainName: "domain_name",
  openStdin: "open_stdin",
} as const;

export type Spelling = {
  readonly [Key in keyof typeof snakeCase]: (typeof snakeCase)[Key] extends number ? number : string;
};

export const camelCase: Spelling = {
  propagation: "propagationMode",
  pathOnHost: "pathOnHost",
  pathInContainer: "pathInContainer",
  permissions: "cgroupPermissions",
  retries: "maxRetryCount",
  retryTimeout: "retryTimeout",
  retryTimeoutPerSecond: 1,
  containerPort: "containerPort",
  hostPort: "hostPort",
  hostPortEnd: "hostPortEnd",
  hostAddress: "hostIP",
  reservation: "memoryReservation",
  swap: "memorySwap",
  extraHosts: "extraHosts",
  extraCapabilities: "extraCapabilities",
  networkMode: "networkMode",
  portMappings: "portMappings",
  restartPolicy: "restartPolicy",
  mountPoints: "mountPoints",
  hostName: "hostName",
  domainName: "domainName",
  openStdin: "openStdin",
};
