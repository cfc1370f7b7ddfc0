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

/** Enough for a figure, and a slow board does not take minutes for it. */
const short = "-mtimems=400";

/**
 * Kinds of work besides LZMA, two or three seconds each on a PC: a hash and a cipher without the instructions that only some
 * processors have for them (`:1` is the program's portable code), and sorting.
 */
const otherRuns: readonly BenchmarkRun[] = [
  { name: "sha256", words: "SHA-256", argv: ["b", "-mmt1", "-mm=SHA256:1", "-md12", short] },
  { name: "aes256", words: "AES-256", argv: ["b", "-mmt1", "-mm=AES256CBC:1", "-md12", short] },
  { name: "bzip2", words: "BZip2", argv: ["b", "-mmt1", "-mm=BZip2", "-md22", short] },
];

/** Those that say how much they got through, and give no rating. */
const bandwidths = new Set(["sha256", "aes256"]);

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

/**
 * What the benchmark of a hash or a cipher says in its line `Avg:`, a pair `<usage %> <MB/s>` for each direction: the mean, as it
 * would be at full use of the core. Throws a RangeError.
 */
export function parseBandwidth(output: string): number {
  const numbers = /^Avg:((?:\s+\d+)+)\s*$/m.exec(output)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
  const speeds: number[] = [];
  for (let at = 0; at + 1 < numbers.length; at += 2) {
    const [usage = 0, speed = 0] = numbers.slice(at, at + 2);
    if (usage > 0 && speed > 0) speeds.push((speed * 100) / usage);
  }
  if (speeds.length === 0 || speeds.length * 2 !== numbers.length) throw new RangeError("7-zip printed no average.");
  return speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length;
}

/** What several benchmarks say of one machine. Throws `unsupported` when LZMA, which everything is compared by, is not among it. */
export function speedOf(outputs: readonly BenchmarkOutput[], measuredAt: Date): MeasuredSpeed {
  const kernels: Record<string, number> = {};
  const notMeasured: Record<string, string> = {};
  let multiCoreScore: number | null = null;
  for (const { name, exitCode, output } of outputs) {
    try {
      if (exitCode !== 0) throw new RangeError(exitCode === 137 ? "it ran out of memory" : `exit code ${exitCode}`);
      if (name === allCores) multiCoreScore = parseBenchmark(output).rating;
      else kernels[name] = bandwidths.has(name) ? parseBandwidth(output) : parseBenchmark(output).atFullUse;
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
