import * as z from "zod";

const change = z.object({ fromBytes: z.number(), toBytes: z.number() });

/** What a stack took on the disk of the machine that measured, at the start and the end of steady time. */
export const storageObservationSchema = z.object({
  /** Unpacked; layers that its images share are counted once. */
  imagesBytes: z.number(),
  volumes: change,
  /** What containers wrote outside of their volumes. */
  writable: change,
  logs: z.array(
    z.object({
      service: z.string(),
      /** What its log driver keeps at most; null: no limit is set. */
      capBytes: z.number().nullable(),
      /** What it had printed by the end, and in steady time, as the driver keeps it; null: its log was not read. */
      bytes: z.number().nullable(),
      steadyBytes: z.number().nullable(),
    }),
  ),
  /** Folders of the machine that it may write to, which nobody can tell the size of: `service:/target`. */
  binds: z.array(z.string()),
});
export type StorageObservation = z.infer<typeof storageObservationSchema>;
