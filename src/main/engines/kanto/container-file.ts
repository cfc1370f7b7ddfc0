import * as z from "zod";
import { AppError } from "../../../shared/domain/index.ts";
import { qualifiedImage } from "./image-name.ts";

/**
 * A container in Kanto's own JSON (containerm/containers/types/*.go), whole: a key that is not Kanto's is refused, since
 * the daemon would pass over it in silence. Go writes `null` for what is empty.
 */

const nanosecondsPerSecond = 1_000_000_000;

const text = z.string().nullish();
const count = z.int().nullish();
const flag = z.boolean().nullish();
const texts = z.array(z.string()).nullish();

const hostConfig = z.strictObject({
  devices: z
    .array(z.strictObject({ path_on_host: z.string(), path_in_container: text, cgroup_permissions: text }))
    .nullish(),
  network_mode: text,
  privileged: flag,
  restart_policy: z.strictObject({ type: text, maximum_retry_count: count, retry_timeout: count }).nullish(),
  runtime: text,
  extra_hosts: texts,
  extra_capabilities: texts,
  port_mappings: z
    .array(
      z.strictObject({
        proto: text,
        container_port: z.int(),
        host_ip: text,
        host_port: z.int(),
        host_port_end: count,
      }),
    )
    .nullish(),
  log_config: z
    .strictObject({
      driver_config: z.strictObject({ type: text, max_files: count, max_size: text, root_dir: text }).nullish(),
      mode_config: z.strictObject({ mode: text, max_buffer_size: text }).nullish(),
    })
    .nullish(),
  resources: z.strictObject({ memory: text, memory_reservation: text, memory_swap: text }).nullish(),
});

/** What the daemon decides; a file that `kanto-cm get` has printed has it, and it is left out. */
const decidedByKanto = {
  container_id: z.unknown().optional(),
  network_settings: z.unknown().optional(),
  state: z.unknown().optional(),
  created: z.unknown().optional(),
  manually_stopped: z.unknown().optional(),
  restart_count: z.unknown().optional(),
  started_successfully_before: z.unknown().optional(),
};

const kantoFileSchema = z.strictObject({
  ...decidedByKanto,
  container_name: text,
  domain_name: text,
  host_name: text,
  image: z.strictObject({
    name: z.string().min(1),
    decrypt_config: z.strictObject({ keys: texts, recipients: texts }).nullish(),
  }),
  mount_points: z
    .array(z.strictObject({ source: z.string(), destination: z.string(), propagation_mode: text }))
    .nullish(),
  hooks: z.array(z.record(z.string(), z.unknown())).nullish(),
  config: z.strictObject({ env: texts, cmd: texts }).nullish(),
  io_config: z
    .strictObject({
      open_stdin: flag,
      tty: flag,
      attach_stdin: flag,
      attach_stdout: flag,
      attach_stderr: flag,
      stdin_once: flag,
    })
    .nullish(),
  host_config: hostConfig.nullish(),
});

export interface KantoFile {
  /** Null: Kanto names it by its id. */
  name: string | null;
  /** With its registry. */
  image: string;
  /** For `kanto-cm create -f`. */
  body: Record<string, unknown>;
  /** The value of `createWithConfig`, without `start`. */
  value: Record<string, unknown>;
  /** What the value has no word for and the body has; empty: both say the same. */
  wordless: string[];
}

/** Leaves out what is not there: to Kanto's form over MQTT an empty text is not the same as none. */
function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== ""),
  );
}

/** Upper case is the only spelling of an enum that Kanto understands everywhere over MQTT. */
function upper(word: string | null | undefined): string | null {
  return word ? word.toUpperCase().replaceAll("-", "_") : null;
}

/** Reads a container of Kanto's for both ways of creating it. Throws `bad-input` naming the place. */
export function readKantoFile(given: unknown): KantoFile {
  const parsed = kantoFileSchema.safeParse(given);
  if (!parsed.success) throw notKanto(parsed.error);
  const { data } = parsed;
  const image = qualifiedImage(data.image.name);
  const name = data.container_name || null;
  const { container_name, domain_name, host_name, mount_points, hooks, config, io_config, host_config } = data;
  return {
    name,
    image,
    body: present({
      container_name,
      domain_name,
      host_name,
      image: present({ ...data.image, name: image }),
      mount_points,
      hooks,
      config,
      io_config: io_config ?? { open_stdin: false, tty: false },
      host_config: present({ ...host_config }),
    }),
    value: present({ imageRef: image, name, config: present(configValue(data)) }),
    wordless: wordlessOverMqtt(data),
  };
}

type Data = z.infer<typeof kantoFileSchema>;

function configValue({ domain_name, host_name, image, mount_points, config, io_config, host_config }: Data) {
  const host = host_config ?? {};
  return {
    domainName: domain_name,
    hostName: host_name,
    mountPoints: mount_points?.map(({ source, destination, propagation_mode }) =>
      present({ source, destination, propagationMode: upper(propagation_mode) ?? "RPRIVATE" }),
    ),
    env: config?.env,
    cmd: config?.cmd,
    decryption: image.decrypt_config && present({ ...image.decrypt_config }),
    devices: host.devices?.map((device) =>
      present({
        pathOnHost: device.path_on_host,
        pathInContainer: device.path_in_container || device.path_on_host,
        cgroupPermissions: device.cgroup_permissions || "rwm",
      }),
    ),
    privileged: host.privileged,
    restartPolicy: host.restart_policy && restartValue(host.restart_policy),
    extraHosts: host.extra_hosts,
    extraCapabilities: host.extra_capabilities,
    portMappings: host.port_mappings?.map((port) => ({
      proto: port.proto || "tcp",
      containerPort: port.container_port,
      hostIP: port.host_ip || "0.0.0.0",
      hostPort: port.host_port,
      hostPortEnd: port.host_port_end || port.host_port,
    })),
    networkMode: upper(host.network_mode),
    openStdin: io_config?.open_stdin,
    tty: io_config?.tty,
    log: host.log_config && logValue(host.log_config),
    resources:
      host.resources &&
      present({
        memory: host.resources.memory,
        memoryReservation: host.resources.memory_reservation,
        memorySwap: host.resources.memory_swap,
      }),
  };
}

type Host = NonNullable<Data["host_config"]>;

/** The file counts the waiting time in nanoseconds, this form in seconds. */
function restartValue({ type, maximum_retry_count, retry_timeout }: NonNullable<Host["restart_policy"]>) {
  return present({
    type: upper(type) ?? "UNLESS_STOPPED",
    maxRetryCount: maximum_retry_count,
    retryTimeout: retry_timeout && retry_timeout / nanosecondsPerSecond,
  });
}

function logValue({ driver_config, mode_config }: NonNullable<Host["log_config"]>) {
  return present({
    type: upper(driver_config?.type),
    maxFiles: driver_config?.max_files,
    maxSize: driver_config?.max_size,
    rootDir: driver_config?.root_dir,
    mode: upper(mode_config?.mode),
    maxBufferSize: mode_config?.max_buffer_size,
  });
}

function wordlessOverMqtt({ hooks, io_config, host_config }: Data): string[] {
  const found: string[] = [];
  if (hooks && hooks.length > 0) found.push("hooks");
  for (const key of ["attach_stdin", "attach_stdout", "attach_stderr", "stdin_once"] as const) {
    if (io_config?.[key]) found.push(`io_config.${key}`);
  }
  const runtime = host_config?.runtime;
  if (runtime && runtime !== "io.containerd.runc.v2") found.push("host_config.runtime");
  const waiting = host_config?.restart_policy?.retry_timeout ?? 0;
  if (waiting % nanosecondsPerSecond !== 0) found.push("host_config.restart_policy.retry_timeout");
  return found;
}

function notKanto(error: z.ZodError): AppError {
  const [issue] = error.issues;
  const place = issue === undefined || issue.path.length === 0 ? "" : ` (${issue.path.join(".")})`;
  return new AppError("bad-input", `This is no container as Kanto writes it: ${issue?.message ?? "empty"}${place}.`, {
    hint: 'At the least: {"container_name": "web", "image": {"name": "docker.io/library/nginx:1"}}. kanto-cm get prints a whole one.',
    cause: error,
  });
}
