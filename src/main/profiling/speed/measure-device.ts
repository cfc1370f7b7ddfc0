import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError, type MeasuredSpeed } from "../../../shared/domain/index.ts";
import { saidWords } from "../../../shared/format/index.ts";
import type { Progress } from "../../engines/index.ts";
import type { SshConnection } from "../../ssh/index.ts";
import { type BenchmarkRun, benchmarkRuns, speedOf } from "./benchmark.ts";
import { speedCleanScript, speedScript } from "./device-script.ts";
import { deviceProgram } from "./seven-zip.ts";

export interface DeviceSpeedRequest {
  connection: SshConnection;
  /** As people call the device, and `uname -m` of it. */
  name: string;
  arch: string;
  cpus: number;
  /** The name of the folder that the program is copied into, and that nothing else has. */
  folder: string;
  onProgress: Progress;
  signal: AbortSignal;
  /** What to run; everything unless given. */
  runs?: readonly BenchmarkRun[];
}

/** A Pi Zero takes four minutes for all of it. */
const timeoutMs = 15 * 60_000;
const outputMaxBytes = 1024 * 1024;
const code = { nowhere: 3, short: 4, illegal: 132, notExecutable: 126, killed: 137 };

/**
 * Copies 7-Zip's static program to a device, runs its benchmarks there and removes it again, all by one command: it goes
 * over the exec channel that everything else uses, since small SSH servers have no SFTP.
 * @throws AppError `unsupported` (no program for its processor, disk full, no folder that programs may run in, out of memory),
 * `cancelled`, `timed-out`, `unreachable`.
 */
export async function measureDeviceSpeed(request: DeviceSpeedRequest): Promise<MeasuredSpeed> {
  const { connection, name, arch, cpus, folder, onProgress } = request;
  const program = deviceProgram(arch);
  if (program === null) {
    throw new AppError("unsupported", `There is no 7-Zip for the processor of ${name} (${arch}).`, {
      hint: "Its speed stays the catalogue's, where its board is in there.",
    });
  }
  const { size } = await stat(program);
  const limit = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([request.signal, limit]);
  const runs = request.runs ?? benchmarkRuns(cpus);
  const specs = runs.map((run) => `${run.name}=${run.argv.join(" ")}`);
  onProgress(`Copying 7-Zip to ${name} (${(size / 1e6).toFixed(1)} MB)`);
  const process = await connection.start(["sh", "-c", speedScript, "sh", String(size), folder, ...specs]);
  const stop = (): void => process.close();
  signal.addEventListener("abort", stop, { once: true });
  const reader = new OutputReader(runs, (text) => onProgress(`${text} on ${name}`));
  try {
    if (signal.aborted) stop();
    const reading = readOutput(process.stream, reader);
    // Its input stays open: its end would end the benchmark. A device that takes no more says why in its output.
    await Promise.allSettled([pipeline(createReadStream(program), process.stream, { end: false }), reading]);
    const exitCode = await process.exited;
    if (request.signal.aborted)
      throw new AppError("cancelled", `Measuring ${name} was cancelled; nothing is left there.`);
    if (limit.aborted) throw new AppError("timed-out", `${name} had not finished its benchmark after 15 min.`);
    if (connection.closed) throw lostWhileMeasuring(name);
    return readResult(reader, request, exitCode, process.stderr());
  } finally {
    signal.removeEventListener("abort", stop);
    process.close();
  }
}

/** Removes what a measurement left there whose connection or device went away. Throws what the connection throws. */
export async function cleanDeviceSpeed(connection: SshConnection, folder: string): Promise<void> {
  await connection.exec(["sh", "-c", speedCleanScript, "sh", folder]);
}

async function readOutput(stream: Duplex, reader: OutputReader): Promise<void> {
  stream.setEncoding("utf8");
  for await (const text of stream) reader.take(String(text));
}

function readResult(
  reader: OutputReader,
  request: DeviceSpeedRequest,
  exitCode: number,
  stderr: string,
): MeasuredSpeed {
  const { name, arch } = request;
  if (exitCode === code.nowhere) throw nowhere(name, reader.nowhere);
  if (exitCode === code.short) throw diskFull(name, [reader.place ?? "its temporary folder"]);
  if (exitCode !== 0) {
    const said = saidWords(stderr, 200) || `exit code ${exitCode}`;
    throw new AppError("unsupported", `The speed of ${name} could not be measured: ${said}.`, {
      hint: "It needs a POSIX shell with df, head and wc.",
    });
  }
  const first = reader.ended[0];
  if (first?.exitCode === code.illegal || first?.exitCode === code.notExecutable) {
    throw new AppError("unsupported", `${name} (${arch}) does not run the 7-Zip that Bayplan has for its processor.`, {
      hint: "Its speed stays the catalogue's, where its board is in there.",
    });
  }
  if (first?.exitCode === code.killed) {
    throw new AppError("unsupported", `${name} ran out of memory while its speed was measured.`, {
      hint: "The benchmark needs 100 MiB. Stop something there, and try again.",
    });
  }
  return speedOf(reader.ended, new Date());
}

/** What the script prints, taken apart as it comes. */
class OutputReader {
  readonly ended: { name: string; exitCode: number; output: string }[] = [];
  place: string | null = null;
  nowhere = "";
  readonly #runs: readonly BenchmarkRun[];
  readonly #onProgress: Progress;
  #rest = "";
  #output: string[] = [];
  #bytes = 0;

  constructor(runs: readonly BenchmarkRun[], onProgress: Progress) {
    this.#runs = runs;
    this.#onProgress = onProgress;
  }

  take(text: string): void {
    this.#bytes += text.length;
    // No benchmark prints that much: what comes after it is not looked at.
    if (this.#bytes > outputMaxBytes) return;
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#takeLine(line);
  }

  #takeLine(line: string): void {
    const [, word, rest = ""] = /^@(\w+) ?(.*)$/.exec(line) ?? [];
    if (word === "place") this.place = rest;
    else if (word === "nowhere") this.nowhere = rest;
    else if (word === "begin") this.#begin(rest);
    else if (word === "end") {
      const [name = "", exitCode = ""] = rest.split(" ");
      this.ended.push({ name, exitCode: Number(exitCode), output: this.#output.join("\n") });
    } else this.#output.push(line);
  }

  #begin(name: string): void {
    this.#output = [];
    const at = this.#runs.findIndex((run) => run.name === name);
    const run = this.#runs[at];
    if (run !== undefined) this.#onProgress(`Measuring ${run.words} (${at + 1} of ${this.#runs.length})`);
  }
}

function nowhere(name: string, text: string): AppError {
  const [, full = "", noexec = ""] = /^full=(.*) noexec=(.*)$/.exec(text) ?? [];
  const places = (list: string) =>
    list
      .trim()
      .split(" ")
      .filter((place) => place !== "");
  if (places(full).length > 0) return diskFull(name, places(full));
  if (places(noexec).length > 0) {
    return new AppError(
      "unsupported",
      `${name} lets no program run from ${places(noexec).join(", ")} (mounted noexec).`,
      {
        hint: "Set TMPDIR for this user there to a folder in which programs may run.",
      },
    );
  }
  return new AppError("unsupported", `This user may write in no temporary folder of ${name}.`, {
    hint: "Give the user a home folder, or log in as another user.",
  });
}

function diskFull(name: string, places: readonly string[]): AppError {
  return new AppError("unsupported", `The disk of ${name} is full, at ${places.join(", ")}: 7-Zip needs 5 MB there.`, {
    hint: "Free some space there (docker system prune, old logs) and try again. Nothing is left there.",
  });
}

function lostWhileMeasuring(name: string): AppError {
  return new AppError("unreachable", `The connection to ${name} ended while its speed was measured.`, {
    hint: "The benchmark there ends by itself, and what it leaves is removed with the next connection. Try again.",
  });
}
