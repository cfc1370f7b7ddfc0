import type {
  Build,
  Container,
  ContainerChange,
  CreatedContainer,
  Endpoint,
  EngineInfo,
  LogBatch,
  LogLine,
  Mount,
  NetworkOptions,
  NewContainer,
  PortMapping,
  Service,
  VolumeOptions,
} from "../../shared/domain/index.ts";
import type { LogPosition } from "./logs/log-position.ts";

export interface EngineEvent {
  atMs: number;
  action: "create" | "start" | "die" | "stop" | "kill" | "oom" | "destroy" | "health" | "pause" | "unpause" | "restart";
  containerId: string;
  /** Labels of the container, as the engine sends them with the event. */
  labels: Record<string, string>;
  exitCode: number | null;
  health: "healthy" | "unhealthy" | "starting" | null;
}

export interface LogRequest {
  containerIds: readonly string[];
  /** How many of the last lines to begin with, per container. */
  tail: number;
  /** False: give what there is and end. */
  follow: boolean;
}

export interface FollowLogOptions {
  /** How many of the last lines to begin with, null for all; of no account when the position is not at the start. */
  tail: number | null;
  follow: boolean;
  /** Where to read on. It is kept up to date. */
  position: LogPosition;
  /** Without `follow`: this is one of several readings, so that a line without its end waits for the next one. */
  goesOn?: boolean;
}

/** A piece of one container's log as it came. */
export interface LogPiece {
  lines: LogLine[];
  /** What was read last has gone from the log, and what came behind it perhaps with it; nobody counts how many lines. */
  gap: boolean;
  /** In the last piece: whether the log was read to its end, or went away with its container before. */
  end: "complete" | "cut" | null;
}

/** What the runner asks for: one container of one service, already resolved to real names. */
export interface ContainerSpec {
  name: string;
  image: string;
  service: Service;
  labels: Record<string, string>;
  environment: Record<string, string>;
  ports: readonly PortMapping[];
  /** Volumes and binds with the engine's names and absolute paths. */
  mounts: readonly Mount[];
  networks: readonly { name: string; aliases: readonly string[]; endpoint?: Endpoint | null }[];
  /** What stands in the place of networks: `host`, `none`, `container:ID`; absent when there are networks. */
  networkMode?: string | null;
  /** The same for the other namespaces; absent for one of its own. */
  pidMode?: string | null;
  ipcMode?: string | null;
  /** `CONTAINER:ALIAS`: other containers under a name of their own. */
  links?: readonly string[];
  /** `CONTAINER[:ro]`: containers whose mounts this one has, too. */
  volumesFrom?: readonly string[];
  limits: {
    memoryBytes: number | null;
    memoryReservationBytes: number | null;
    cpuPeriodUs: number | null;
    cpuQuotaUs: number | null;
    cpuset: string | null;
    pids: number | null;
  };
  /** The cgroup that the container's own is made in; null for the engine's default. */
  cgroupParent: string | null;
}

/** A command for the inside of a container; null: as the container itself. */
export interface InsideCommand {
  argv: readonly string[];
  user: string | null;
  privileged: boolean;
  workingFolder: string | null;
  environment: Readonly<Record<string, string>>;
}

/** A file for the inside of a container. */
export interface ContainerFile {
  /** Path below the folder that it is written to. */
  path: string;
  content: Buffer;
  mode: number;
  userId: number;
  groupId: number;
}

export interface NetworkSpec {
  labels: Record<string, string>;
  internal: boolean;
  driver: string | null;
  options?: NetworkOptions | null;
}

export interface ContainerInspection {
  id: string;
  name: string;
  running: boolean;
  health: "healthy" | "unhealthy" | "starting" | "none";
  exitCode: number | null;
  oomKilled: boolean;
  restarts: number;
  pid: number | null;
  labels: Record<string, string>;
  /** Where the machine of the engine reaches it: its own addresses, and its published TCP ports. Absent: not told. */
  reach?: {
    addresses: string[];
    published: { containerPort: number; address: string; hostPort: number }[];
  };
}

export interface ImageInspection {
  id: string;
  platform: string;
  sizeBytes: number;
}

/** What makes an image large, for counting what several share once. */
export interface ImageLayers {
  id: string;
  /** Unpacked, all layers together. */
  sizeBytes: number;
  /** Digests, the lowest first. */
  layers: readonly string[];
  /** The steps that it was built of, the oldest first, with what each one added; most steps without a size made no layer. */
  steps: readonly { key: string; bytes: number }[];
}

/** What containers take on the engine's disk besides their images. Null: the engine does not say. */
export interface DiskUse {
  containers: ReadonlyMap<string, { imageId: string; writableBytes: number | null; volumes: readonly string[] }>;
  /** By the engine's name of the volume, anonymous ones too. */
  volumes: ReadonlyMap<string, number | null>;
}

/** What belongs to a label, to be listed and removed. */
export interface OwnedThings {
  containers: {
    id: string;
    name: string;
    labels: Record<string, string>;
    running: boolean;
    /** False while it has been created only. */
    hasRun: boolean;
  }[];
  networks: { id: string; name: string; labels: Record<string, string> }[];
  volumes: { name: string; labels: Record<string, string> }[];
}

/** One thing that a container asks for and an engine has no word for. */
export interface Loss {
  /** As people call it: `entrypoint`, `CPU limit`. */
  field: string;
  why: string;
}

export type Progress = (text: string) => void;

/**
 * Everything an engine can do, local or on a device, whichever product it is. Every call throws AppError:
 * `no-engine` (nothing answers), `engine-denied` (no permission), `not-found` (image, container), `conflict` (name or
 * port in use), `engine-failed` (it refused, in its own words), `cancelled`, `unsupported` (this product cannot do it;
 * `info().capabilities` says so beforehand, with the reason).
 */
export interface Engine {
  info(): Promise<EngineInfo>;
  /** The cheapest question that goes all the way to the engine: resolves when it answers. */
  ping(): Promise<void>;
  listContainers(): Promise<Container[]>;
  /** The ids of those that run, paused ones too: for who asks often, since it costs the engine far less than the whole list. */
  runningIds(): Promise<string[]>;
  /** Events from now on, until the signal aborts; throws when the engine goes away. */
  events(signal: AbortSignal): AsyncIterable<EngineEvent>;
  logs(request: LogRequest, signal: AbortSignal): AsyncIterable<LogBatch>;
  /**
   * One container's log from a position on, so that a reading that broke off goes on without losing or doubling a line.
   * Ends when the container stops. Not there for an engine whose logs have no exact times.
   */
  followLog?(containerId: string, options: FollowLogOptions, signal: AbortSignal): AsyncIterable<LogPiece>;

  /** Null when the engine does not have it. */
  inspectImage(reference: string): Promise<ImageInspection | null>;
  /** Not there for an engine that cannot say. Throws `not-found`. */
  imageLayers?(reference: string): Promise<ImageLayers>;
  /**
   * Sizes of containers and their volumes, those that have gone left out. The engine adds up files for it, of all its volumes:
   * not for who asks often. Not there for an engine that cannot.
   */
  diskUse?(containerIds: readonly string[], signal: AbortSignal): Promise<DiskUse>;
  /** `platform`: `linux/arm64`; the engine's own when absent. */
  pullImage(reference: string, progress: Progress, signal: AbortSignal, platform?: string | null): Promise<void>;
  buildImage(build: Build, tag: string, progress: Progress, signal: AbortSignal): Promise<void>;

  /** A container as this engine can say it, and what of it is lost thereby. The Docker API can say all of it. */
  express(spec: ContainerSpec): { spec: ContainerSpec; losses: Loss[] };
  /** Throws `unsupported` for a spec that would lose something. */
  createContainer(spec: ContainerSpec): Promise<string>;
  /**
   * Writes files into a container that need not run. `folder` must be there (`/` is), folders below it are made. A container
   * whose root is read-only takes them in a volume only. Not there for an engine that cannot.
   */
  copyFiles?(id: string, folder: string, files: readonly ContainerFile[]): Promise<void>;
  /**
   * Runs a command inside a running container and waits for its end; gives the exit code and the end of what it printed. Not there
   * for an engine that cannot.
   */
  runInside?(id: string, command: InsideCommand, signal: AbortSignal): Promise<{ exitCode: number; output: string }>;
  /**
   * Makes what a person asks for, gets its image where it is not there, and starts it when told to. Resolves when it is
   * known to be so; a start that fails leaves the container behind and says its id.
   */
  makeContainer(wanted: NewContainer, start: boolean, signal: AbortSignal): Promise<CreatedContainer>;
  startContainer(id: string): Promise<void>;
  /** Sends the stop signal, waits for the grace, then kills. */
  stopContainer(id: string, graceMs: number): Promise<void>;
  /** Stops it with the grace and starts it again. */
  restartContainer(id: string, graceMs: number): Promise<void>;
  pauseContainer(id: string): Promise<void>;
  unpauseContainer(id: string): Promise<void>;
  renameContainer(id: string, name: string): Promise<void>;
  updateContainer(id: string, change: ContainerChange): Promise<void>;
  /** Kills it if need be. One that is gone already is no failure. */
  removeContainer(id: string): Promise<void>;
  inspectContainer(id: string): Promise<ContainerInspection>;
  createNetwork(name: string, options: NetworkSpec): Promise<string>;
  removeNetwork(id: string): Promise<void>;
  createVolume(name: string, labels: Record<string, string>, options?: VolumeOptions | null): Promise<void>;
  removeVolume(name: string): Promise<void>;
  /** Everything that carries the label, for example `io.bayplan.run=…`, or the key alone. */
  listByLabel(label: string): Promise<OwnedThings>;

  /** Lets go of sockets; the engine itself is not touched. */
  close(): void;
}
