import * as z from "zod";

/**
 * Kanto's own container JSON, as `kanto-cm get` prints it and `kanto-cm create -f` reads it (containerm/containers/types/*.go):
 * the parts that Bayplan reads. Go leaves out what is empty, or writes `null`; keys that are not named here are let pass.
 */

/** Names, references, times: what is longer is none, and is kept nowhere. */
const textMaxLength = 1_024;
const portsMax = 1_000;

const text = z
  .string()
  .max(textMaxLength)
  .nullish()
  .transform((value) => value ?? "");
const count = z
  .int()
  .nullish()
  .transform((value) => value ?? 0);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

const portMapping = z.object({
  proto: text,
  container_port: z.int().min(0).max(65535),
  host_ip: text,
  host_port: count,
  host_port_end: count,
});

const hostConfig = z.object({
  port_mappings: z
    .array(portMapping)
    .max(portsMax)
    .nullish()
    .transform((ports) => ports ?? []),
  log_config: z.object({ driver_config: z.object({ type: text, root_dir: text }).nullish() }).nullish(),
  resources: z.object({ memory: text, memory_reservation: text, memory_swap: text }).nullish(),
});

export const kantoContainerSchema = z.object({
  container_id: z.string().min(1).max(textMaxLength),
  container_name: text,
  image: z.object({ name: text }),
  host_config: hostConfig.nullish(),
  state: z.object({
    pid: z
      .int()
      .nullish()
      .transform((pid) => pid ?? -1),
    started_at: text,
    finished_at: text,
    exit_code: count,
    restarting: flag,
    oom_killed: flag,
    oomKilled: flag,
    /** 0..7: creating, created, running, stopped, paused, exited, dead, unknown. */
    status: z.int(),
  }),
  created: text,
  restart_count: count,
});
export type KantoContainer = z.infer<typeof kantoContainerSchema>;
