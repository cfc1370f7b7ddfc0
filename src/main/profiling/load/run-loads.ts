import { type Load, type LoadSeen, loadName, type Service } from "../../../shared/domain/index.ts";
import type { Engine } from "../../engines/index.ts";
import type { RunningStack } from "../../stacks/index.ts";
import { waitUnless } from "../run/wait.ts";
import { startCommandLoad } from "./command-load.ts";
import type { LoadFigures, LoadJob } from "./load-job.ts";
import { type LoadProcess, startLoadProcess } from "./load-process.ts";
import { addressOf, serviceVariables } from "./service-addresses.ts";

/** What a run loads its stack with, and where that is. */
export interface RunLoadsRequest {
  loads: readonly Load[];
  /** Where scripts start. */
  folder: string;
  services: readonly Service[];
  engine: Engine;
  running: RunningStack;
  /** The run's clock, in ms. */
  now: () => number;
  tell: (text: string, service: string | null) => void;
  signal: AbortSignal;
}

interface Making {
  load: Load;
  maker: LoadProcess | null;
  endedAtMs: number | null;
}

/** A process starts in a tenth of that, and a busy machine takes longer. */
const beginWaitMs = 15_000;
const noAddress = "it has no address that this machine reaches";

/** The loads of one run while they are made. Whoever starts them stops them, on every path. */
export class RunLoads {
  readonly #making: Making[] = [];
  #stopping: Promise<LoadSeen[]> | null = null;

  /** Starts each load once something listens where it goes. @throws AppError `cancelled`, `unsupported`, and what the engine throws. */
  static async start(request: RunLoadsRequest): Promise<RunLoads> {
    const loads = new RunLoads();
    try {
      for (const load of request.loads) await loads.#start(load, request);
      return loads;
    } catch (error) {
      await loads.stop();
      throw error;
    }
  }

  /** Steady time begins: what was seen until now does not count. */
  mark(): void {
    for (const { maker } of this.#making) maker?.mark();
  }

  /** Ends them all. May be called again. */
  stop(): Promise<LoadSeen[]> {
    this.#stopping ??= Promise.all(this.#making.map(seenOf));
    return this.#stopping;
  }

  async #start(load: Load, request: RunLoadsRequest): Promise<void> {
    const making: Making = { load, maker: null, endedAtMs: null };
    this.#making.push(making);
    const service = serviceOf(load);
    const onEnded = () => {
      making.endedAtMs = request.now();
      request.tell(`${loadName(load)} has ended`, service);
    };
    making.maker = await makerOf(load, request, onEnded);
    await waitUnless(beginWaitMs, request.signal, making.maker?.begun ?? Promise.resolve());
    const how = making.maker === null ? `: ${noAddress}` : startWords(load);
    request.tell(`${loadName(load)}${how}`, service);
  }
}

/** Null when it cannot be reached at all. */
async function makerOf(load: Load, request: RunLoadsRequest, onEnded: () => void): Promise<LoadProcess | null> {
  if (load.kind === "command") {
    const containerId = request.running.services.get(load.service)?.containerIds[0];
    return containerId === undefined ? null : startCommandLoad(request.engine, containerId, load, onEnded);
  }
  if (load.kind === "script") {
    const environment = await serviceVariables(request, request.services);
    return startLoadProcess({ kind: "script", run: load.run, folder: request.folder, environment }, onEnded);
  }
  const address = await addressOf(request, load.service, load.port);
  if (address === null) return null;
  const job: LoadJob = { ...load, ...address };
  return startLoadProcess(job, onEnded);
}

function startWords(load: Load): string {
  if (load.kind === "command") return " runs; it is a part of the stack";
  if (load.kind === "script") return " runs on this machine";
  return `, ${load.rate} a second`;
}

async function seenOf({ load, maker, endedAtMs }: Making): Promise<LoadSeen> {
  const figures = maker === null ? unreached : await maker.stop();
  return {
    kind: load.kind,
    name: loadName(load),
    service: serviceOf(load),
    askedPerSecond: "rate" in load ? load.rate : null,
    endedAtMs,
    ...figures,
  };
}

const unreached: LoadFigures = {
  seconds: 0,
  sent: null,
  answered: null,
  errors: null,
  latencyMs: null,
  problem: noAddress,
  exitCode: null,
  output: [],
};

function serviceOf(load: Load): string | null {
  return load.kind === "script" ? null : load.service;
}
