import type { ReadStream } from "node:tty";
import { AppError } from "../../../shared/domain/index.ts";

const enter = new Set(["\r", "\n", "\u0004"]);
const rubOut = new Set(["\u007f", "\b"]);
const interrupt = "\u0003";

/** Asks on the terminal and reads a line that is not shown. Throws `cancelled` on Ctrl-C and when the signal aborts. */
export function askHidden(terminal: ReadStream, question: string, signal: AbortSignal): Promise<string> {
  const cancelled = new AppError("cancelled", "Cancelled.");
  return new Promise((resolve, reject) => {
    let typed = "";
    const finish = (settle: () => void): void => {
      terminal.off("data", onData);
      signal.removeEventListener("abort", onAbort);
      terminal.setRawMode(false);
      terminal.pause();
      process.stderr.write("\n");
      settle();
    };
    const onAbort = (): void => finish(() => reject(cancelled));
    const onData = (chunk: Buffer): void => {
      for (const char of chunk.toString("utf8")) {
        if (enter.has(char) || char === interrupt) {
          finish(() => (char === interrupt ? reject(cancelled) : resolve(typed)));
          return;
        }
        typed = rubOut.has(char) ? [...typed].slice(0, -1).join("") : typed + char;
      }
    };
    if (signal.aborted) return reject(cancelled);
    // The echo is off before anybody can know that something is asked.
    terminal.setRawMode(true);
    process.stderr.write(question);
    terminal.on("data", onData);
    signal.addEventListener("abort", onAbort, { once: true });
    terminal.resume();
  });
}
