import { closeSync, openSync, readFileSync, readSync, writeSync } from "node:fs";

const sizeBytes = 16_384;
/** One buffer for all: every read is turned into text before the next one. */
const buffer = Buffer.allocUnsafe(sizeBytes);

/**
 * A kernel file that is kept open and read again and again from its start: a tenth of the cost of opening it each time.
 * Reading is synchronous on purpose: these files never wait for a disk, and a trip to the thread pool costs more.
 */
export class OpenFile {
  readonly #path: string;
  #fd: number | null;

  /** Throws as open(2) does. */
  constructor(path: string, flags: "r" | "r+" = "r") {
    this.#path = path;
    this.#fd = openSync(path, flags);
  }

  /** The first `bytes` of the text, for long files whose start says it all; null as for `read`. */
  readStart(bytes: number): string | null {
    return this.#read(Math.min(bytes, sizeBytes));
  }

  /** The text now; null once the thing behind the file has gone (ENODEV for a cgroup, ESRCH for a process). */
  read(): string | null {
    const text = this.#read(sizeBytes);
    if (text?.length === sizeBytes) throw new RangeError(`${this.#path} is longer than ${sizeBytes} bytes.`);
    return text;
  }

  #read(bytes: number): string | null {
    if (this.#fd === null) return null;
    try {
      const length = readSync(this.#fd, buffer, 0, bytes, 0);
      return buffer.toString("latin1", 0, length);
    } catch (error) {
      if (!isGone(error)) throw error;
      this.close();
      return null;
    }
  }

  /** Writes from the start; false once the thing has gone. */
  write(text: string): boolean {
    if (this.#fd === null) return false;
    try {
      writeSync(this.#fd, text, 0, "latin1");
      return true;
    } catch (error) {
      if (!isGone(error)) throw error;
      this.close();
      return false;
    }
  }

  close(): void {
    if (this.#fd === null) return;
    closeSync(this.#fd);
    this.#fd = null;
  }
}

/** True for the answers of a file whose cgroup or process has gone. */
export function isGone(error: unknown): boolean {
  const codes: unknown[] = ["ENOENT", "ENODEV", "ESRCH"];
  return error instanceof Error && "code" in error && codes.includes(error.code);
}

/** Opens a file that not every kernel has; null when it is not there or may not be opened that way. */
export function openIfThere(path: string, flags: "r" | "r+" = "r"): OpenFile | null {
  try {
    return new OpenFile(path, flags);
  } catch (error) {
    const denied: unknown[] = ["EACCES", "EPERM", "EINVAL", "EOPNOTSUPP"];
    if (isGone(error) || (error instanceof Error && "code" in error && denied.includes(error.code))) return null;
    throw error;
  }
}

/** The text of a file of a group or a process; null when that has gone, or is of a kind that has no such file. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isGone(error) || (error instanceof Error && "code" in error && error.code === "EOPNOTSUPP")) return null;
    throw error;
  }
}
