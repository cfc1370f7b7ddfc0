import * as z from "zod";

export const containerStateSchema = z.enum([
  "created",
  "running",
  "paused",
  "restarting",
  "removing",
  "exited",
  "dead",
  "unknown",
]);
export type ContainerState = z.infer<typeof containerStateSchema>;

export const containerSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  image: z.string(),
  state: containerStateSchema,
  /** `none` where the image and the stack define no check. */
  health: z.enum(["healthy", "unhealthy", "starting", "none"]),
  exitCode: z.int().nullable(),
  oomKilled: z.boolean(),
  restarts: z.int().nonnegative(),
  createdAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  finishedAtMs: z.number().nullable(),
  ports: z.array(
    z.object({
      containerPort: z.int(),
      hostPort: z.int().nullable(),
      hostAddress: z.string().nullable(),
      protocol: z.enum(["tcp", "udp", "sctp"]),
    }),
  ),
  /** From Compose's labels; null for a container that stands alone. */
  stack: z.string().nullable(),
  service: z.string().nullable(),
  memoryLimitBytes: z.number().nullable(),
  cpuLimitCores: z.number().nullable(),
});
export type Container = z.infer<typeof containerSchema>;
