import * as z from "zod";
import { deviceIdSchema } from "./device.ts";

/**
 * One reading of one container. Memory that counts is anonymous + shmem + unreclaimable kernel memory;
 * cache is file pages less shmem (docs/verdict.md says why).
 */
export const containerSampleSchema = z.object({
  containerId: z.string(),
  memoryBytes: z.number().nullable(),
  cacheBytes: z.number().nullable(),
  /**
   * `rss`: the device's kernel counts no memory for containers, so it is the sum of what their processes hold (PSS where
   * that may be read), and no memory limit is in force. Not there: `cgroup`, the kernel's own count.
   */
  memorySource: z.enum(["cgroup", "rss"]).optional(),
  memoryLimitBytes: z.number().nullable(),
  /** Cores used since the sample before; null on the first one. */
  cpuCores: z.number().nullable(),
  cpuLimitCores: z.number().nullable(),
});
export type ContainerSample = z.infer<typeof containerSampleSchema>;

/** One reading of a whole device, with its containers. */
export const deviceSampleSchema = z.object({
  deviceId: deviceIdSchema,
  atMs: z.number(),
  /** MemTotal less MemAvailable. */
  memoryUsedBytes: z.number(),
  memoryTotalBytes: z.number(),
  cpuCoresUsed: z.number().nullable(),
  cpuCores: z.number(),
  containers: z.array(containerSampleSchema),
});
export type DeviceSample = z.infer<typeof deviceSampleSchema>;
