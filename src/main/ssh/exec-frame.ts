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

/** Passes on what comes behind the marker line; what came before is kept as noise, up to a bound. */
export class MarkerFilter {
  readonly #marker: Buffer;
  #held: Buffer = Buffer.from("\n");
  #pid: number | null = null;

  constructor(marker: string) {
    this.#marker = Buffer.from(`\n${marker} `);
  }

  /** The command's process id, which is its process group's too; null while it was not reached. */
  get pid(): number | null {
    return this.#pid;
  }

  /** What was printed instead of the command's output while the marker has not come. */
  get noise(): string {
    return this.#pid === null ? this.#held.toString("utf8").trim() : "";
  }

  /** The part of a chunk that belongs to the command; null while there is none. Throws when the noise does not end. */
  take(chunk: Buffer): Buffer | null {
    if (this.#pid !== null) return chunk;
    this.#held = Buffer.concat([this.#held, chunk]);
    const at = this.#held.indexOf(this.#marker);
    const end = at < 0 ? -1 : this.#held.indexOf("\n", at + this.#marker.length);
    if (end < 0) {
      if (this.#held.length > noiseMaxBytes) throw new Error("The login shell prints without end.");
      return null;
    }
    const pid = this.#held.toString("latin1", at + this.#marker.length, end);
    if (!/^[1-9]\d*$/.test(pid)) throw new Error(`The shell's process id is none: ${pid.slice(0, 20)}`);
    const rest = this.#held.subarray(end + 1);
    this.#pid = Number(pid);
    this.#held = Buffer.alloc(0);
    return rest.length > 0 ? rest : null;
  }
}
