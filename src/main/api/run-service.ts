import { hostname } from "node:os";
import {
  defaultRules,
  type FitMatrix,
  type ProfileResult,
  type RunEvent,
  type RunFilter,
  type RunId,
  type RunRecord,
  type RunRequest,
  type RunSample,
  type RunUpdate,
  type SeriesPlace,
  type TargetObservation,
  type TargetRequest,
} from "../../shared/domain/index.ts";
import type { Engine } from "../engines/index.ts";
import { fitRun, loadModels, measureSpeedScore, profileStack } from "../profiling/index.ts";
import { needsServing, prepareHere, serveHere } from "../stacks/index.ts";
import type { RunOutcome, StoredRun } from "../store/index.ts";
import { Broadcast } from "../streams/index.ts";
import { againstBaseline } from "./baseline-gate.ts";
import { howToReach } from "./how-to-reach.ts";
import { keepProof } from "./keep-proof.ts";
import { newRecord } from "./new-record.ts";
import { runFailure } from "./run-failure.ts";
import { notMadeThere } from "./run-on-device.ts";
import { boardOf } from "./start-here.ts";
import type { MeasureParts, RunServiceParts, StartParts } from "./start-parts.ts";
import { type Proving, provesOf, wantedRun } from "./wanted-run.ts";

/** Updates that wait for a slow reader; at 10 Hz in batches of 5 this is two minutes. */
const readerLimit = 256;
const sampleBatch = 2;

interface ActiveRun {
  record: RunRecord;
  samples: RunSample[];
  events: RunEvent[];
  result: ProfileResult | null;
  seq: number;
  updates: Broadcast<RunUpdate>;
  abort: AbortController;
  done: Promise<void>;
}

/** Starts, watches, cancels and remembers runs. One owner of every run that this process measures. */
export class RunService {
  readonly #parts: RunServiceParts;
  readonly #active = new Map<RunId, ActiveRun>();

  constructor(parts: RunServiceParts) {
    this.#parts = parts;
  }

  /** Checks everything that can be checked at once, then measures in the background. */
  async start(
    request: RunRequest,
    { series = null, proving = null }: { series?: SeriesPlace | null; proving?: Proving | null } = {},
  ): Promise<RunRecord> {
    const wanted = { ...(await wantedRun(request, this.#parts, proving)), series, proving };
    if (request.on !== undefined) return this.#startThere(request.on, request, wanted);
    const engine = await this.#parts.openEngine();
    try {
      return await this.#startOn(engine, request, wanted);
    } catch (error) {
      engine.close();
      throw error;
    }
  }

  async #startThere(on: string, request: RunRequest, { opened, series, ...wanted }: StartParts): Promise<RunRecord> {
    const there = await this.#parts.prepareThere(on, { request, opened, rules: wanted.rules });
    const findings = [...there.findings, ...notMadeThere(wanted.loads)];
    const proves = provesOf(wanted);
    const record = newRecord({ request, ...there, findings, substitutions: [], series, proves });
    return this.#launch(record, { ...wanted, ...there }, () => this.#parts.learnFrom(record.id));
  }

  async #startOn(
    engine: Engine,
    request: RunRequest,
    { opened, budgets, series, ...wanted }: StartParts,
  ): Promise<RunRecord> {
    const { stack, substitutions, findings, plan } = await prepareHere({
      opened,
      desktop: request.desktop ?? false,
      board: await boardOf(budgets, engine),
      environment: process.env,
    });
    const serving = needsServing(plan) ? await serveHere(plan) : null;
    const notes = [...findings, ...howToReach(serving?.pacUrl ?? null)];
    const record = newRecord({
      request,
      stack,
      budgets,
      findings: notes,
      substitutions,
      series,
      proves: provesOf(wanted),
      on: null,
    });
    const profile: MeasureParts["profile"] = (asked) => profileStack({ ...asked, engine });
    try {
      return await this.#launch(record, { stack, budgets, profile, ...wanted }, async () => {
        engine.close();
        await serving?.close();
      });
    } catch (error) {
      await serving?.close();
      throw error;
    }
  }

  /** Writes the run down and measures it in the background; `release` is called when it is over. */
  async #launch(
    record: RunRecord,
    parts: Omit<MeasureParts, "writer">,
    release: () => Promise<void>,
  ): Promise<RunRecord> {
    const writer = await this.#parts.store.create(record);
    const active: ActiveRun = {
      record,
      samples: [],
      events: [],
      result: null,
      seq: 0,
      updates: new Broadcast(),
      abort: new AbortController(),
      done: Promise.resolve(),
    };
    this.#active.set(record.id, active);
    active.done = this.#measure(active, { ...parts, writer }).finally(async () => {
      active.updates.close();
      this.#active.delete(record.id);
      await release();
    });
    return record;
  }

  /** The run as it is, then as it goes on; a finished run is a snapshot and its end. */
  async *watch(runId: RunId, signal: AbortSignal): AsyncGenerator<RunUpdate, void, void> {
    const active = this.#active.get(runId);
    if (active === undefined) {
      const { record, samples, events, result } = await this.#parts.store.read(runId);
      yield { kind: "snapshot", seq: 0, record, samples, events, result };
      yield { kind: "ended", seq: 1, record, result };
      return;
    }
    const queue = active.updates.subscribe(signal, readerLimit);
    try {
      const { record, samples, events, result, seq } = active;
      yield { kind: "snapshot", seq, record, samples: [...samples], events: [...events], result };
      yield* queue;
    } finally {
      active.updates.unsubscribe(queue);
    }
  }

  /** Stops a run; everything it started is removed before this resolves. */
  async cancel(runId: RunId): Promise<RunRecord> {
    const active = this.#active.get(runId);
    if (active === undefined) return (await this.#parts.store.read(runId)).record;
    active.abort.abort();
    await active.done;
    return active.record;
  }

  /** Newest first, with the ones that are being measured here. */
  async list(filter: RunFilter = {}): Promise<RunRecord[]> {
    const stored = await this.#parts.store.list(filter);
    return stored.map((record) => this.active(record.id) ?? record);
  }

  /** The record of a run that is being measured here, until its files are whole; null for any other. */
  active(runId: RunId): RunRecord | null {
    return this.#active.get(runId)?.record ?? null;
  }

  /** The record and the result alone: samples of a long run are tens of megabytes. */
  async outcome(runId: RunId): Promise<RunOutcome> {
    return this.#active.get(runId) ?? this.#parts.store.outcome(runId);
  }

  async read(runId: RunId): Promise<StoredRun> {
    const active = this.#active.get(runId);
    if (active === undefined) return this.#parts.store.read(runId);
    const { record, samples, events, result } = active;
    return { record, samples: [...samples], events: [...events], result };
  }

  /** A finished run against what is named; against its own targets and every model when nothing is. */
  async fit(runId: RunId, targets: readonly TargetRequest[]): Promise<FitMatrix> {
    const { record, result } = await this.outcome(runId);
    const [observations, models, budgets] = await Promise.all([
      this.#parts.store.observations(runId),
      loadModels(),
      this.#parts.budgetsOf(targets, result?.rules ?? defaultRules),
    ]);
    const measured = { record, result: await this.#withSpeed({ record, result }), observations };
    const learned = await this.#parts.correctionsOf(models);
    return fitRun(measured, models, budgets.length === 0 ? null : budgets, learned);
  }

  /** Cancels what runs and waits until it is cleaned up. */
  async close(): Promise<void> {
    for (const active of this.#active.values()) active.abort.abort();
    await Promise.all([...this.#active.values()].map((active) => active.done));
  }

  /** A run against figures of one's own needed no speed of this machine, and a projection onto boards does. */
  async #withSpeed({ record, result }: RunOutcome): Promise<ProfileResult | null> {
    if (result === null || result.host.singleCoreScore !== null) return result;
    if (record.origin !== null || result.host.hostName !== hostname()) return result;
    const { value, source } = await measureSpeedScore(this.#parts.dataFolder);
    return { ...result, host: { ...result.host, singleCoreScore: value, singleCoreScoreSource: source } };
  }

  async #measure(active: ActiveRun, parts: MeasureParts): Promise<void> {
    const { writer } = parts;
    let waiting: RunSample[] = [];
    const flush = () => {
      if (waiting.length === 0) return;
      this.#send(active, { kind: "samples", samples: waiting, dropped: 0 });
      waiting = [];
    };
    try {
      const observations: TargetObservation[] = [];
      const measured = await parts.profile({
        stack: parts.stack,
        loads: parts.loads,
        targets: parts.budgets,
        durationMs: active.record.request.durationMs,
        warmUpMs: active.record.request.warmUpMs,
        dataFolder: this.#parts.dataFolder,
        runId: active.record.id,
        findings: active.record.findings,
        rules: parts.rules,
        gates: parts.gates,
        substitutions: active.record.substitutions,
        signal: active.abort.signal,
        onRecord: (change) => this.#change(active, change),
        onObservation: (seen) => {
          observations.push(seen);
          writer.observation(seen);
        },
        onLogs: (entries) => writer.logs(entries),
        onSamples: (samples) => {
          active.samples.push(...samples);
          writer.samples(samples);
          waiting.push(...samples);
          if (waiting.length >= sampleBatch) flush();
        },
        onEvents: (events) => {
          flush();
          active.events.push(...events);
          writer.events(events);
          this.#send(active, { kind: "events", events });
        },
      });
      flush();
      const gated = againstBaseline(measured, parts.gate);
      active.result = await keepProof(this.#parts.store, gated, observations, parts.proving);
      await writer.result(active.result);
      this.#change(active, { status: "finished", verdict: active.result.verdict });
    } catch (error) {
      flush();
      this.#change(active, this.#endOf(error));
    }
    this.#change(active, { endedAtMs: Date.now(), phase: null });
    try {
      await writer.record(active.record);
      await writer.close();
    } catch (error) {
      this.#change(active, { failure: active.record.failure ?? runFailure(error) });
    }
    this.#send(active, { kind: "ended", record: active.record, result: active.result });
  }

  #endOf(error: unknown): Partial<RunRecord> {
    const failure = runFailure(error);
    return failure.code === "cancelled" ? { status: "cancelled", failure } : { status: "failed", failure };
  }

  #change(active: ActiveRun, change: Partial<RunRecord>): void {
    active.record = { ...active.record, ...change };
    this.#send(active, { kind: "record", record: active.record });
  }

  #send(active: ActiveRun, update: UnnumberedUpdate): void {
    active.seq += 1;
    active.updates.send({ ...update, seq: active.seq });
  }
}

type UnnumberedUpdate = RunUpdate extends infer U ? (U extends RunUpdate ? Omit<U, "seq"> : never) : never;
