import { AppError, type MeasuredSpeed } from "../../../shared/domain/index.ts";

/** One benchmark of 7-Zip: its name in what is measured, how people call it, and what is run. */
export interface BenchmarkRun {
  name: string;
  words: string;
  argv: readonly string[];
}

/** What one of them printed. */
export interface BenchmarkOutput {
  name: string;
  exitCode: number;
  output: string;
}

/**
 * One thread, and dictionaries of 4 and 8 MiB only: about 10 s on a PC. The published scores go up to 32 MiB and take three times
 * as long; the mean is within 5% of theirs, far inside any band.
 */
export const lzmaRun: BenchmarkRun = { name: "lzma", words: "LZMA on one core", argv: ["b", "-mmt1", "-md23"] };

/** The name of the run on all cores, which is no kind of work of its own. */
export const allCores = "all cores";

/**
 * Kinds of work besides LZMA, each a second or two on a PC: a hash and a cipher without the instructions that only some
 * processors have for them (`:1` is the program's portable code), sorting, and a model of contexts that misses the cache.
 */
const otherRuns: readonly BenchmarkRun[] = [
  { name: "sha256", words: "SHA-256", argv: ["b", "-mmt1", "-mm=SHA256:1"] },
  { name: "aes256", words: "AES-256", argv: ["b", "-mmt1", "-mm=AES256CBC:1"] },
  { name: "bzip2", words: "BZip2", argv: ["b", "-mmt1", "-mm=BZip2"] },
  { name: "ppmd", words: "PPMd", argv: ["b", "-mmt1", "-mm=PPMD"] },
];

/** Everything that is measured of a machine with that many CPUs. */
export function benchmarkRuns(cpus: number): BenchmarkRun[] {
  const all = { name: allCores, words: `LZMA on all ${cpus} cores`, argv: ["b", `-mmt${cpus}`, "-md23"] };
  return [lzmaRun, ...otherRuns, ...(cpus > 1 ? [all] : [])];
}

/**
 * What a codec's benchmark says in its line `Tot:  <usage %> <rating at full use> <rating>`: the rating at full use leaves
 * out the time in which other programs had the core, the last one is of all threads together. Throws a RangeError.
 */
export function parseBenchmark(output: string): { atFullUse: number; rating: number } {
  const match = /^Tot:\s+\d+\s+(\d+)\s+(\d+)\s*$/m.exec(output);
  const [atFullUse, rating] = [Number(match?.[1]), Number(match?.[2])];
  if (!(atFullUse > 0 && rating > 0)) throw new RangeError("7-zip printed no total.");
  return { atFullUse, rating };
}

/** What several benchmarks say of one machine. Throws `unsupported` when LZMA, which everything is compared by, is not among it. */
export function speedOf(outputs: readonly BenchmarkOutput[], measuredAt: Date): MeasuredSpeed {
  const kernels: Record<string, number> = {};
  const notMeasured: Record<string, string> = {};
  let multiCoreScore: number | null = null;
  for (const { name, exitCode, output } of outputs) {
    try {
      if (exitCode !== 0) throw new RangeError(exitCode === 137 ? "it ran out of memory" : `exit code ${exitCode}`);
      const { atFullUse, rating } = parseBenchmark(output);
      if (name === allCores) multiCoreScore = rating;
      else kernels[name] = atFullUse;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      notMeasured[name] = error.message;
    }
  }
  const singleCoreScore = kernels[lzmaRun.name];
  if (singleCoreScore === undefined) {
    throw new AppError("unsupported", `7-zip's benchmark failed: ${notMeasured[lzmaRun.name] ?? "it did not run"}.`);
  }
  return { singleCoreScore, multiCoreScore, kernels, notMeasured, measuredAt: measuredAt.toISOString() };
}
