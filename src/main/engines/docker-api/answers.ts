import * as z from "zod";

/** The parts of the Docker Engine API's answers that Bayplan reads (docs.docker.com/reference/api/engine). */

/** Go leaves empty lists and maps out as `null`. */
const orEmptyMap = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map) => map ?? {});

export const versionAnswer = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  MinAPIVersion: z.string().optional(),
  Os: z.string().optional(),
  Arch: z.string().optional(),
  Components: z.array(z.object({ Name: z.string(), Version: z.string().optional() })).nullish(),
});
export type VersionAnswer = z.infer<typeof versionAnswer>;

export const infoAnswer = z.object({
  ServerVersion: z.string().optional(),
  OperatingSystem: z.string().optional(),
  Architecture: z.string(),
  InitBinary: z.string().optional(),
  CgroupDriver: z.string().optional(),
  CgroupVersion: z.string().optional(),
  NCPU: z.int().positive(),
  MemTotal: z.number().positive(),
  DockerRootDir: z.string(),
});
export type InfoAnswer = z.infer<typeof infoAnswer>;

export const containerListAnswer = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()).nullish(),
    State: z.string().optional(),
    Labels: orEmptyMap,
    Ports: z
      .array(
        z.object({
          IP: z.string().optional(),
          PrivatePort: z.int(),
          PublicPort: z.int().optional(),
          Type: z.string(),
        }),
      )
      .nullish(),
  }),
);
export type ListedContainer = z.infer<typeof containerListAnswer>[number];

export const containerAnswer = z.object({
  Id: z.string(),
  Name: z.string(),
  Created: z.string(),
  RestartCount: z.int().nonnegative().optional(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    OOMKilled: z.boolean().optional(),
    Pid: z.int().optional(),
    ExitCode: z.int(),
    StartedAt: z.string(),
    FinishedAt: z.string(),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({ Image: z.string(), Tty: z.boolean().optional(), Labels: orEmptyMap }),
  HostConfig: z.object({
    Memory: z.number().optional(),
    NanoCpus: z.number().optional(),
    CpuQuota: z.number().optional(),
    CpuPeriod: z.number().optional(),
  }),
});
export type ContainerAnswer = z.infer<typeof containerAnswer>;

export const imageAnswer = z.object({
  Id: z.string(),
  Os: z.string(),
  Architecture: z.string(),
  Variant: z.string().optional(),
  Size: z.number(),
});

export const createdAnswer = z.object({ Id: z.string() });

export const networkListAnswer = z.array(z.object({ Id: z.string(), Name: z.string(), Labels: orEmptyMap }));

export const volumeListAnswer = z.object({
  Volumes: z
    .array(z.object({ Name: z.string(), Labels: orEmptyMap }))
    .nullish()
    .transform((volumes) => volumes ?? []),
});

export const eventAnswer = z.object({
  Type: z.string().optional(),
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: orEmptyMap }),
  time: z.number(),
  timeNano: z.number().optional(),
});

/** One line of a pull or a build. */
export const progressAnswer = z.object({
  status: z.string().optional(),
  stream: z.string().optional(),
  id: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).nullish(),
  error: z.string().optional(),
  errorDetail: z.object({ message: z.string().optional() }).optional(),
});
export type ProgressAnswer = z.infer<typeof progressAnswer>;
