/**
 * Throws generated input at one parser for a limited time. An input fails when the parser throws what its boundary does
 * not promise, gives more than its bound, or takes longer than two seconds. The seed is printed; BAYPLAN_FUZZ_SEED repeats it.
 */
import fc from "fast-check";

/** What one input may take of CPU: by the clock a busy machine is slow, whatever the input. */
const INPUT_MAX_MS = 2_000;

const long = process.env.BAYPLAN_TEST_LONG === "1";
const isCi = process.env.CI !== undefined;
const chosenSeconds = process.env.BAYPLAN_FUZZ_SECONDS ?? (long ? "600" : undefined);
const seconds = Number(chosenSeconds ?? (isCi ? 30 : 4));
/** BAYPLAN_FUZZ_INPUTS: this many inputs for every property, however long they take. */
const chosenInputs = process.env.BAYPLAN_FUZZ_INPUTS;
/** How long one test of a fuzz file runs, for its timeout: shrinking and a busy machine come on top. */
export const FUZZ_TIMEOUT_MS = chosenInputs === undefined ? seconds * 1_000 * 2 + 60_000 : 3_600_000;

export interface FuzzOptions {
  /** Whether the parser is allowed to throw this. */
  expected?: (error: unknown) => boolean;
  /** Seconds where the environment chooses none, instead of the usual. */
  usualSeconds?: number;
}

export async function fuzz<T>(
  name: string,
  input: fc.Arbitrary<T>,
  run: (value: T) => void | Promise<void>,
  options: FuzzOptions = {},
): Promise<void> {
  const seed = Number(process.env.BAYPLAN_FUZZ_SEED ?? Date.now() % 0x7fffffff);
  const runSeconds = chosenSeconds === undefined ? (options.usualSeconds ?? seconds) : seconds;
  let inputs = 0;
  const startedAtMs = Date.now();
  const tryOnce = async (value: T): Promise<number> => {
    const before = process.cpuUsage();
    try {
      await run(value);
    } catch (error) {
      if (options.expected?.(error) !== true) throw error;
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
  let last: Promise<unknown> = Promise.resolve();
  const attempt = (value: T): Promise<number> => {
    const attempted = tryOnce(value);
    last = attempted;
    return attempted;
  };
  const property = fc.asyncProperty(input, async (value) => {
    inputs += 1;
    let tookMs = await attempt(value);
    // A busy machine may hold one up: only what is slow again and again is slow.
    for (let more = 0; more < 3 && tookMs > INPUT_MAX_MS; more += 1) tookMs = Math.min(tookMs, await attempt(value));
    if (tookMs > INPUT_MAX_MS) throw new Error(`One input took ${Math.round(tookMs)} ms.`);
  });
  try {
    const until =
      chosenInputs === undefined
        ? { numRuns: 1e9, interruptAfterTimeLimit: runSeconds * 1_000 }
        : { numRuns: Number(chosenInputs) };
    await fc.assert(property, { seed, verbose: 1, ...until });
  } finally {
    // When the time is over one input is still being read, and what it reads must not be taken away under it.
    await Promise.allSettled([last]);
    console.log(`${name}: ${inputs} inputs in ${Math.round((Date.now() - startedAtMs) / 1_000)} s, seed ${seed}`);
  }
}

/** The same for what people write themselves: there are many formats of it, and nobody attacks with one, so each has less time in CI. */
export function fuzzFile<T>(
  name: string,
  input: fc.Arbitrary<T>,
  run: (value: T) => void | Promise<void>,
  options: FuzzOptions = {},
): Promise<void> {
  return fuzz(name, input, run, { usualSeconds: 4, ...options });
}

/** Text with what parsers trip over: control characters, separators, long runs, words that the format itself uses. */
export function hostileText(words: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...words) },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
    { weight: 1, arbitrary: fc.constantFrom("\0", "\n", "\r\n", "\u001b[31m", "\u009b", " ", "=", ":", "-1", "1e999") },
    { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String) },
  );
  // Once in a while one of them very often: what is quadratic shows then.
  const run = fc
    .tuple(fc.constantFrom(...words, "a", "\n"), fc.integer({ min: 1, max: 300_000 }))
    .map(([word, length]) => word.repeat(Math.ceil(length / word.length)).slice(0, length));
  const body = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
  return fc.oneof(
    { weight: 20, arbitrary: body },
    { weight: 1, arbitrary: fc.tuple(body, run, body).map((parts) => parts.join("\n")) },
  );
}

/** A valid input with some of its bytes changed, cut out, doubled or cut off. */
export function mutated(valid: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    how: fc.constantFrom("set", "cut", "double", "end"),
    byte: fc.integer({ min: 0, max: 255 }),
    length: fc.integer({ min: 1, max: 40 }),
  });
  return fc.tuple(valid, fc.array(change, { maxLength: 8 })).map(([bytes, changes]) => {
    let result = Buffer.from(bytes);
    for (const { at, how, byte, length } of changes) {
      if (result.length === 0) break;
      const from = Math.floor(at * result.length);
      const head = result.subarray(0, from);
      if (how === "set") result.fill(byte, from, from + 1);
      else if (how === "cut") result = Buffer.concat([head, result.subarray(from + length)]);
      else if (how === "double")
        result = Buffer.concat([head, result.subarray(from, from + length), result.subarray(from)]);
      else result = Buffer.from(head);
    }
    return result;
  });
}

/** Cuts bytes at generated places, as a network does. */
export function chunked(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const cut of cuts) {
    if (at >= bytes.length) break;
    chunks.push(bytes.subarray(at, at + cut));
    at += cut;
  }
  chunks.push(bytes.subarray(at));
  return chunks;
}
