/** What Kanto refuses, as its own code does (container-management: containerm/util/containers_validation.go, bytes_size_conversion.go). */

const namePattern = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/;
const environmentPattern = /^[a-zA-Z_]([a-zA-Z0-9_]*)(|=(.*))$/;
const reservedHostPattern = /^(.+):host_ip(_(.+))?$/;
const sizePattern = /^(\d+(\.\d+)*) ?([kKmMgG])$/;
const propagationModes = ["rprivate", "private", "rshared", "shared", "rslave", "slave"];
const mib = 1024 * 1024;

/** An error that kanto-cm prints behind `Error: `. */
export class KantoError extends Error {}

function refuse(words) {
  throw new KantoError(words);
}

export function sizeToBytes(text) {
  const match = sizePattern.exec(text);
  if (match === null) return null;
  const unit = { k: 1024, m: mib, g: 1024 * mib }[match[3].toLowerCase()];
  return Math.trunc(Number.parseFloat(match[1]) * unit);
}

export function validateName(name) {
  if (name !== "" && !namePattern.test(name)) refuse(`invalid container name format : ${name}`);
}

export function validateResources(resources) {
  if (resources === undefined || resources === null) return;
  const size = (text, words) => {
    if (text === undefined || text === "") return 0;
    const bytes = sizeToBytes(text);
    if (bytes === null) refuse(`invalid format of ${words} - ${text}`);
    return bytes;
  };
  const limit = size(resources.memory, "memory");
  const reservation = size(resources.memory_reservation, "memory reservation");
  const swap = resources.memory_swap === "-1" ? -1 : size(resources.memory_swap, "swap memory");
  if (limit > 0 && limit < 3 * mib) refuse("minimum memory allowed is 3M");
  if (swap > 0 && !resources.memory) refuse(`swap memory - ${resources.memory_swap}, memory must be set as well`);
  if (swap > 0 && limit > swap) {
    refuse(`swap memory - ${resources.memory_swap} is less than memory - ${resources.memory}`);
  }
  if (reservation > 0 && resources.memory && reservation > limit) {
    refuse(`reservation memory - ${resources.memory_reservation} must be lower than memory - ${resources.memory}`);
  }
}

export function validateRestartPolicy(policy) {
  if (policy === undefined || policy === null) return;
  if (!["no", "unless-stopped", "on-failure", "always"].includes(policy.type)) {
    refuse(`unsupported restart policy type ${policy.type}`);
  }
  const retries = policy.maximum_retry_count ?? 0;
  if (policy.type === "on-failure") {
    if (retries < 0) refuse("restart policy max retry count cannot be negative");
    if ((policy.retry_timeout ?? 0) < 0) refuse("restart policy retry timeout cannot be negative");
  } else if (retries !== 0) {
    refuse(`cannot use max retry count when the restart policy is ${policy.type}`);
  }
}

function validateNetworking(host) {
  if (!host.network_mode) refuse("network mode is not set");
  if (!["host", "bridge"].includes(host.network_mode)) refuse(`unsupported network mode ${host.network_mode}`);
  if (host.network_mode !== "host") return;
  if ((host.port_mappings ?? []).length > 0) refuse("cannot use port mappings when in host network mode");
  if ((host.extra_hosts ?? []).some((entry) => reservedHostPattern.test(entry))) {
    refuse("cannot use the host_ip reserved key or any of its modifications when in host network mode");
  }
}

function validateLogConfig(log) {
  const driver = log?.driver_config;
  if (driver !== undefined && driver !== null) {
    if (!["json-file", "none"].includes(driver.type)) refuse("unsupported log driver configuration");
    if (driver.type === "json-file") {
      if ((driver.max_files ?? 0) < 1) refuse("max log files cannot be < 1");
      if (!driver.max_size) refuse("max logs size must be set");
      if (sizeToBytes(driver.max_size) === null) refuse(`invalid format of max logs size - ${driver.max_size}`);
    }
  }
  const mode = log?.mode_config;
  if (mode !== undefined && mode !== null) {
    if (!["blocking", "non-blocking"].includes(mode.mode)) refuse("unsupported log mode configuration");
    if (mode.mode === "non-blocking" && !mode.max_buffer_size) refuse("max buffer size must be set");
  }
}

export function validateContainer(container) {
  if (!container.image?.name) refuse("the containers image configuration is invalid");
  validateName(container.container_name ?? "");
  for (const mount of container.mount_points ?? []) {
    if (!mount.source || !mount.destination) refuse("source and destination must be set for a mount point");
    if (!propagationModes.includes(mount.propagation_mode)) {
      refuse("propagation mode must be set to one of the supported modes");
    }
  }
  const host = container.host_config;
  if (host === undefined || host === null) refuse("the containers host config is mandatory and is missing");
  if (host.privileged && host.devices) {
    refuse(
      "cannot create the container as privileged and with specified devices at the same time - choose one of the options",
    );
  }
  if (host.privileged && host.extra_capabilities) {
    refuse(
      "cannot create the container as privileged and with extra capabilities at the same time - choose one of the options",
    );
  }
  validateNetworking(host);
  for (const device of host.devices ?? []) {
    if (!device.path_on_host || !device.path_in_container) {
      refuse("both path on the host and in the container must be specified for a device mapping");
    }
    if (!device.cgroup_permissions) {
      refuse(
        `the cgroup permissions for device mapping ${device.path_on_host}:${device.path_in_container} are not provided`,
      );
    }
  }
  validateLogConfig(host.log_config);
  validateRestartPolicy(host.restart_policy);
  validateResources(host.resources);
  for (const entry of container.config?.env ?? []) {
    if (!environmentPattern.test(entry)) refuse(`invalid environmental variable declaration provided : ${entry}`);
  }
  if (container.io_config === undefined || container.io_config === null) refuse("the container's IO config is missing");
}
