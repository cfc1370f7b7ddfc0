import { randomBytes } from "node:crypto";
import { quoteArgv } from "./quote-argv.ts";

/** How much a login shell may print before the command's own output begins. */
const noiseMaxBytes = 256 * 1024;

/**
 * Prints the marker and its own process id on both outputs, then becomes the command, which keeps the id: nothing of a
 * shell is left to print behind it.
 */
const frameScript = `printf '\\n%s %s\\n' "$0" "$$"; printf '\\n%s %s\\n' "$0" "$$" >&2; exec "$@"`;

export interface FramedCommand {
  line: string;
  marker: string;
}

/**
 * A command line whose output can be told from what the login shell prints (start files, a message of the day): the
 * output begins behind a line that holds nothing but a random marker and a number. The login shell itself only sees
 * plain words.
 */
export function frameCommand(argv: readonly string[]): FramedCommand {
  const marker = `bayplan-${randomBytes(12).toString("hex")}`;
  return { line: `exec ${quoteArgv(["sh", "-c", frameScript, marker, ...argv])}`, marker };
}

/** Of the noise, what is told to a person when nothing else came. */
const noiseKeptBytes = 4 * 1024;

const newline = 10;

/** Linux has no process id with more digits (PID_MAX_LIMIT is 4,194,304). */
const pidPattern = /^[1-9]\d{0,6}$/;

/** Passes on what comes behind the marker line; of what came before, the beginning is kept as noise. */
export class MarkerFilter {
  readonly #marker: Buffer;
  /** The line that has not ended yet, in the pieces in which it came: joined at each of them, many would take minutes. */
  #line: Buffer[] = [];
  #bytes = 0;
  #noise: Buffer = Buffer.alloc(0);
  #pid: number | null = null;

  constructor(marker: string) {
    this.#marker = Buffer.from(`${marker} `);
  }

  /** The command's process id, which is its process group's too; null while it was not reached. */
  get pid(): number | null {
    return this.#pid;
  }

  /** What was printed instead of the command's output while the marker has not come. */
  get noise(): string {
    if (this.#pid !== null) return "";
    return Buffer.concat([this.#noise, ...this.#line])
      .subarray(0, noiseKeptBytes)
      .toString("utf8")
      .trim();
  }

  /** The part of a chunk that belongs to the command; null while there is none. Throws when the noise does not end. */
  take(chunk: Buffer): Buffer | null {
    if (this.#pid !== null) return chunk;
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      const line = Buffer.concat([...this.#line, chunk.subarray(from, at + 1)]);
      this.#line = [];
      from = at + 1;
      if (line.indexOf(this.#marker) === 0) {
        this.#pid = pidIn(line.toString("latin1", this.#marker.length, line.length - 1));
        this.#noise = Buffer.alloc(0);
        return from < chunk.length ? chunk.subarray(from) : null;
      }
      if (this.#noise.length < noiseKeptBytes) this.#noise = Buffer.concat([this.#noise, line]);
    }
    if (from < chunk.length) this.#line.push(chunk.subarray(from));
    this.#bytes += chunk.length;
    if (this.#bytes > noiseMaxBytes) throw new Error("The login shell prints without end.");
    return null;
  }
}

function pidIn(text: string): number {
  if (!pidPattern.test(text)) throw new Error(`The shell's process id is none: ${text.slice(0, 20)}`);
  return Number(text);
}
