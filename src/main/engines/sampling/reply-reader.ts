import { AppError } from "../../../shared/domain/index.ts";
import type { SshProcess } from "../../ssh/index.ts";

/** A reading of a thousand containers is not half as long. */
const replyMaxBytes = 2 * 1024 * 1024;

/** The lines of a running command, to be waited for one after the other and each for a limited time. */
export class ReplyReader {
  readonly #process: SshProcess;
  readonly #lines: string[] = [];
  #rest = "";
  /** Characters of the lines that nobody has asked for yet. */
  #held = 0;
  #end: AppError | null = null;
  #wake: (() => void) | null = null;

  constructor(process: SshProcess) {
    this.#process = process;
    process.stream.setEncoding("utf8");
    process.stream.on("data", (text: string) => this.#receive(text));
    process.stream.on("error", (error: Error) => this.#finish(String(error.message)));
    process.stream.on("close", () => this.#finish("it ended"));
    process.stream.on("end", () => this.#finish("it ended"));
  }

  /** The next line. Throws `timed-out` when there is none in time, `engine-failed` when the command has ended. */
  async line(deadlineAtMs: number): Promise<string> {
    for (;;) {
      const [line] = this.#take(1);
      if (line !== undefined) return line;
      await this.#more(deadlineAtMs);
    }
  }

  /** The lines before one that is exactly `last`, which is taken too. Throws as `line` does. */
  async until(last: string, deadlineAtMs: number): Promise<string[]> {
    for (;;) {
      const at = this.#lines.indexOf(last);
      if (at >= 0) return this.#take(at + 1).slice(0, -1);
      await this.#more(deadlineAtMs);
    }
  }

  #take(count: number): string[] {
    const lines = this.#lines.splice(0, count);
    for (const line of lines) this.#held -= line.length + 1;
    return lines;
  }

  async #more(deadlineAtMs: number): Promise<void> {
    if (this.#end !== null) throw this.#end;
    const leftMs = deadlineAtMs - performance.now();
    if (leftMs <= 0) throw silent();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, leftMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #receive(text: string): void {
    // What comes after the end is let go: it may come as fast as the link is, until the command is stopped.
    if (this.#end !== null) return;
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      this.#lines.push(line);
      this.#held += line.length + 1;
    }
    if (this.#rest.length > replyMaxBytes) this.#finish("it sends a line without end");
    // An answer only follows a question, so nothing that works sends this much ahead.
    else if (this.#held > replyMaxBytes) {
      this.#lines.length = 0;
      this.#finish("it sends more than it was asked for");
    }
    this.#wake?.();
  }

  #finish(why: string): void {
    this.#rest = "";
    const said = this.#process.stderr().trim();
    const words = said === "" ? why : `${why}: ${said.slice(0, 200)}`;
    this.#end ??= new AppError("engine-failed", `The sampler on the device does not work: ${words}.`, {
      hint: "It needs a POSIX shell as /bin/sh and a readable /proc.",
    });
    this.#wake?.();
  }
}

function silent(): AppError {
  return new AppError("timed-out", "The device has not sent a reading for 4 s.", {
    hint: "It may be overloaded, or the link to it is gone.",
  });
}
