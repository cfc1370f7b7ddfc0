import type { Pressure } from "../../../shared/domain/index.ts";
import { type CgroupMounts, type EnvelopeHandle, readCgroupMounts } from "../envelope/index.ts";
import {
  type FinalCounters,
  type GroupReader,
  ObservedGroup,
  openGroup,
  readChildThrottling,
  readFinalCounters,
  readMemoryFullSeconds,
  readPressure,
  readSwapBytes,
  readThrottledSeconds,
  SumGroup,
  threadFolders,
} from "../sampling/index.ts";

/** Where a run's figures are read, with an envelope and without. */
export interface MeasureGroups {
  stack: GroupReader;
  services: ReadonlyMap<string, GroupReader>;
  threadFolders: ReadonlyMap<string, () => readonly string[]>;
  /** A container has started: without an envelope its group has to be looked for. */
  containerStarted(service: string, pid: number | null): void;
  /** Keeps the figures that end with a container; to be called now and then, and before containers are stopped. */
  remember(): void;
  /** The kernel's last word, to be read before anything is removed. Null: the stack. */
  final(service: string | null): FinalCounters;
  /** Throttled seconds of each of the service's containers that live, by their group. */
  ownThrottling(service: string): ReadonlyMap<string, number>;
  swapBytes(): number | null;
  memoryFullSeconds(): number | null;
  pressure(): Pressure | null;
}

const nothing: FinalCounters = {
  memoryKernelPeakBytes: null,
  cpuSeconds: null,
  throttledSeconds: null,
  oomKills: null,
};

/** Opens what is to be read of a run. Null where this machine shows no cgroups at all. */
export function openMeasureGroups(handle: EnvelopeHandle, services: readonly string[]): MeasureGroups | null {
  const { groups } = handle;
  if (groups !== null) return ownGroups(groups);
  const mounts = readCgroupMounts();
  return mounts === null ? null : observedGroups(mounts, services);
}

function ownGroups({ stack, services }: NonNullable<EnvelopeHandle["groups"]>): MeasureGroups {
  const pathsOf = (service: string) => {
    const paths = services.get(service);
    if (paths === undefined) throw new RangeError(`${service} has no group.`);
    return paths;
  };
  return {
    stack: openGroup(stack),
    services: new Map([...services].map(([name, paths]) => [name, openGroup(paths)])),
    threadFolders: new Map([...services].map(([name, paths]) => [name, () => threadFolders(paths)])),
    containerStarted: () => undefined,
    remember: () => undefined,
    final: (service) => readFinalCounters(service === null ? stack : pathsOf(service)),
    ownThrottling: (service) => readChildThrottling(pathsOf(service)),
    swapBytes: () => readSwapBytes(stack),
    memoryFullSeconds: () => readMemoryFullSeconds(stack),
    pressure: () => readPressure(stack),
  };
}

function observedGroups(mounts: CgroupMounts, names: readonly string[]): MeasureGroups {
  const services = new Map(names.map((name) => [name, new ObservedGroup()]));
  const pathsOf = (service: string) => services.get(service)?.paths ?? [];
  const peaks = new Map<string, number>();
  const remember = () => {
    for (const name of names) {
      const seen = pathsOf(name).flatMap((paths) => readFinalCounters(paths).memoryKernelPeakBytes ?? []);
      if (seen.length > 0) peaks.set(name, Math.max(peaks.get(name) ?? 0, ...seen));
    }
  };
  return {
    stack: new SumGroup([...services.values()]),
    services,
    threadFolders: new Map(names.map((name) => [name, () => pathsOf(name).flatMap(threadFolders)])),
    containerStarted: (service, pid) => {
      if (pid !== null) services.get(service)?.add(mounts, pid);
    },
    remember,
    final: (service) => {
      // A sum of peaks is not a peak of the sum: without a group around it the stack has none.
      if (service === null) return { ...nothing, cpuSeconds: sum(names.map((name) => cpuOf(services.get(name)))) };
      remember();
      return {
        ...nothing,
        memoryKernelPeakBytes: peaks.get(service) ?? null,
        cpuSeconds: cpuOf(services.get(service)),
      };
    },
    ownThrottling: (service) =>
      new Map(
        pathsOf(service).flatMap((paths) => {
          const seconds = readThrottledSeconds(paths);
          return seconds === null ? [] : [[paths.name, seconds] as const];
        }),
      ),
    swapBytes: () => null,
    memoryFullSeconds: () => null,
    pressure: () => null,
  };
}

function cpuOf(group: ObservedGroup | undefined): number {
  return group?.read()?.cpuSeconds ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
