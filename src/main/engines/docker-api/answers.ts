import * as z from "zod";
import { containersMax } from "../outside-text.ts";

/** The parts of the Docker Engine API's answers that Bayplan reads (docs.docker.com/reference/api/engine). */

/** Go leaves empty lists and maps out as `null`. */
const orEmptyMap = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map) => map ?? {});

/** Names, versions, states, times: what is longer is none, and is kept nowhere. */
const short = z.string().max(1_024);

export const versionAnswer = z.object({
  Version: short,
  ApiVersion: short,
  MinAPIVersion: short.optional(),
  Os: short.optional(),
  Arch: short.optional(),
  Components: z.array(z.object({ Name: short, Version: short.optional() })).nullish(),
});
export type VersionAnswer = z.infer<typeof versionAnswer>;

export const infoAnswer = z.object({
  ServerVersion: short.optional(),
  OperatingSystem: short.optional(),
  Architecture: short,
  InitBinary: short.optional(),
  CgroupDriver: short.optional(),
  CgroupVersion: short.optional(),
  NCPU: z.int().positive(),
  MemTotal: z.number().positive(),
  DockerRootDir: short,
});
export type InfoAnswer = z.infer<typeof infoAnswer>;

const listedContainer = z.object({
  Id: short,
  Names: z.array(short).nullish(),
  State: short.optional(),
  Labels: orEmptyMap,
  Ports: z
    .array(
      z.object({
        IP: short.optional(),
        PrivatePort: z.int(),
        PublicPort: z.int().optional(),
        Type: short,
      }),
    )
    .nullish(),
});
export const containerListAnswer = z
  .array(z.unknown())
  .max(containersMax, `more than ${containersMax} containers`)
  .pipe(z.array(listedContainer));
export type ListedContainer = z.infer<typeof containerListAnswer>[number];

export const containerAnswer = z.object({
  Id: short,
  Name: short,
  Created: short,
  RestartCount: z.int().nonnegative().optional(),
  State: z.object({
    Status: short,
    Running: z.boolean(),
    OOMKilled: z.boolean().optional(),
    Pid: z.int().optional(),
    ExitCode: z.int(),
    StartedAt: short,
    FinishedAt: short,
    Health: z.object({ Status: short }).nullish(),
  }),
  Config: z.object({ Image: short, Tty: z.boolean().optional(), Labels: orEmptyMap }),
  HostConfig: z.object({
    Memory: z.number().optional(),
    NanoCpus: z.number().optional(),
    CpuQuota: z.number().optional(),
    CpuPeriod: z.number().optional(),
    NetworkMode: short.optional(),
  }),
  NetworkSettings: z
    .object({
      Networks: z.record(z.string(), z.object({ IPAddress: short.nullish() }).nullable()).nullish(),
      Ports: z
        .record(z.string(), z.array(z.object({ HostIp: short.nullish(), HostPort: short.nullish() })).nullable())
        .nullish(),
    })
    .nullish(),
});
export type ContainerAnswer = z.infer<typeof containerAnswer>;

export const imageAnswer = z.object({
  Id: z.string(),
  Os: z.string(),
  Architecture: z.string(),
  Variant: z.string().optional(),
  Size: z.number(),
  RootFS: z.object({ Layers: z.array(short).nullish() }).optional(),
});

/** Newest first: an entry for each step of the build, of which most have made a layer. */
export const imageHistoryAnswer = z.array(
  z.object({ Created: z.number().nullish(), CreatedBy: z.string().nullish(), Size: z.number() }),
);

export const containerSizeAnswer = z.object({
  Image: short,
  SizeRw: z.number().optional(),
  Mounts: z
    .array(z.object({ Type: short, Name: short.optional() }))
    .nullish()
    .transform((mounts) => mounts ?? []),
});

export const diskUseAnswer = z.object({
  Volumes: z
    .array(z.object({ Name: z.string(), UsageData: z.object({ Size: z.number() }).nullish() }))
    .nullish()
    .transform((volumes) => volumes ?? []),
});

export const createdAnswer = z.object({ Id: z.string() });

export const execAnswer = z.object({ Running: z.boolean(), ExitCode: z.int().nullable() });

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
