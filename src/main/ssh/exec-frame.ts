import { randomBytes } from "node:crypto";
import { quoteArgv } from "./quote-argv.ts";

/** How much a login shell may print before the command's own output begins. */
const noiseMaxBytes = 256 * 1024;

/** Prints the marker on both outputs, then becomes the command: nothing of a shell is left to print behind it. */
const frameScript = `printf '\\n%s\\n' "$0"; printf '\\n%s\\n' "$0" >&2; exec "$@"`;

export interface FramedCommand {
  line: string;
  marker: string;
}

/**
 * A command line whose output can be told from what the login shell prints (start files, a message of the day): the
 * output begins behind a line that holds nothing but a random marker. The login shell itself only sees plain words.
 */
export function frameCommand(argv: readonly string[]): FramedCommand {
  const marker = `bayplan-${randomBytes(12).toString("hex")}`;
  return { line: `exec ${quoteArgv(["sh", "-c", frameScript, marker, ...argv])}`, marker };
}

/** Passes on what comes behind the marker line; what came before is kept as noise, up to a bound. */
export class MarkerFilter {
  readonly #marker: Buffer;
  #held: Buffer = Buffer.from("\n");
  #found = false;

  constructor(marker: string) {
    this.#marker = Buffer.from(`\n${marker}\n`);
  }

  get found(): boolean {
    return this.#found;
  }

  /** What was printed instead of the command's output while the marker has not come. */
  get noise(): string {
    return this.#found ? "" : this.#held.toString("utf8").trim();
  }

  /** The part of a chunk that belongs to the command; null while there is none. Throws when the noise does not end. */
  take(chunk: Buffer): Buffer | null {
    if (this.#found) return chunk;
    this.#held = Buffer.concat([this.#held, chunk]);
    const at = this.#held.indexOf(this.#marker);
    if (at < 0) {
      if (this.#held.length > noiseMaxBytes) throw new Error("The login shell prints without end.");
      return null;
    }
    const rest = this.#held.subarray(at + this.#marker.length);
    this.#found = true;
    this.#held = Buffer.alloc(0);
    return rest.length > 0 ? rest : null;
  }
}
