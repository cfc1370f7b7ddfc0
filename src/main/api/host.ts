import { readFileSync } from "node:fs";
import { availableParallelism, hostname, totalmem } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { AppError, type Failure, type HostInfo, toFailure } from "../../shared/domain/index.ts";
import { type Fleet, openFleet } from "../devices/index.ts";
import { openLocalEngine } from "../engines/index.ts";
import { cleanDeadEnvelopes, Speeds } from "../profiling/index.ts";
import { cleanDeadOwners } from "../stacks/index.ts";
import {
  confBackend,
  dataFolderOf,
  openBaselines,
  openRunStore,
  openSecrets,
  openSettings,
  packageFolder,
  type SecretBox,
  type SettingsBackend,
  type SettingsStore,
} from "../store/index.ts";
import { learnFromRun } from "./accuracy.ts";
import { budgetsOf, correctionsOf } from "./budgets.ts";
import { logBug } from "./bug-log.ts";
import { DeviceDebts } from "./device-debts.ts";
import type { KeptRuns } from "./kept-runs.ts";
import { createRouter } from "./router.ts";
import { prepareThere } from "./run-on-device.ts";
import { RunSamples } from "./run-samples.ts";
import { SeriesService } from "./run-series.ts";
import { RunService } from "./run-service.ts";

export interface HostOptions {
  /** Where everything that is remembered lives; the platform's usual place unless told. */
  dataFolder?: string;
  /** What keeps the settings; `conf` unless told. */
  settings?: SettingsBackend;
  /** What seals secrets for the disk; without one they are kept until this process ends. */
  secretBox?: SecretBox;
  /** False: no discovery on the network, for commands that need no devices. */
  discover?: boolean;
}

/** Everything that the handlers of the contract work with. */
export interface HostParts {
  /** Where everything that is remembered lives. */
  dataFolder: string;
  fleet: Fleet;
  speeds: Speeds;
  debts: DeviceDebts;
  runs: RunService;
  series: SeriesService;
  /** The runs that are kept, and their baselines. */
  kept: KeptRuns;
  runSamples: RunSamples;
  settings: SettingsStore;
  info: () => Promise<HostInfo>;
}

/** A running core: the router that every door serves, and the parts for those in the same process. */
export interface Host extends HostParts {
  router: ReturnType<typeof createRouter>;
  close(): Promise<void>;
}

const packageSchema = z.object({ version: z.string() });

/** Bayplan's version, from its package.json. */
export function bayplanVersion(): string {
  return packageSchema.parse(JSON.parse(readFileSync(join(packageFolder(), "package.json"), "utf8"))).version;
}

/** Opens the core. Every door and test has exactly one, and closes it. */
export async function openHost(options: HostOptions = {}): Promise<Host> {
  const dataFolder = options.dataFolder ?? dataFolderOf();
  const settings = openSettings(options.settings ?? confBackend(dataFolder));
  const fleet = await openFleet({
    dataFolder,
    discover: options.discover ?? true,
    secrets: openSecrets(dataFolder, options.secretBox ?? null),
  });
  const openEngine = async () => {
    const engine = await openLocalEngine();
    try {
      // What a Bayplan left behind that was killed; a living one's things are never touched.
      await cleanDeadOwners(engine);
      await cleanDeadEnvelopes();
    } catch (error) {
      engine.close();
      throw error;
    }
    return engine;
  };
  const speeds = new Speeds(dataFolder);
  const debts = new DeviceDebts(fleet, dataFolder, (error) => logBug(error, "what is owed to devices"));
  if (options.discover ?? true) await debts.start();
  const store = openRunStore(dataFolder);
  const runs = new RunService({
    dataFolder,
    store,
    openEngine,
    budgetsOf: (targets, rules) => budgetsOf(targets, { fleet, speeds }, rules),
    prepareThere: (name, wanted) => prepareThere(name, wanted, { fleet, speeds, debts }),
    learnFrom: (runId) => learnFromRun(store, speeds, runId).catch((error: unknown) => void logBug(error, "learning")),
    correctionsOf: (models) => correctionsOf(models, speeds),
  });
  const series = new SeriesService(runs, store);
  const kept: KeptRuns = { store, baselines: openBaselines(dataFolder) };
  const runSamples = new RunSamples(runs, store);
  const parts: HostParts = {
    dataFolder,
    fleet,
    speeds,
    debts,
    runs,
    series,
    kept,
    runSamples,
    settings,
    info: () => hostInfo(fleet),
  };
  return {
    ...parts,
    router: createRouter(parts),
    async close() {
      await series.close();
      await runs.close();
      await debts.close();
      await fleet.close();
    },
  };
}

async function hostInfo(fleet: Fleet): Promise<HostInfo> {
  const engine = await localEngineInfo();
  return {
    version: bayplanVersion(),
    hostName: hostname(),
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    engine: "kind" in engine ? engine : null,
    engineFailure: "kind" in engine ? null : engine,
    listeningSinceMs: fleet.listeningSinceMs,
    discovery: fleet.evidence(),
  };
}

async function localEngineInfo(): Promise<NonNullable<HostInfo["engine"]> | Failure> {
  try {
    const engine = await openLocalEngine();
    try {
      return await engine.info();
    } finally {
      engine.close();
    }
  } catch (error) {
    if (error instanceof AppError) return toFailure(error);
    throw error;
  }
}
