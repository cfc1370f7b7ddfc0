import { AppError } from "../../../shared/domain/index.ts";
import type { Engine } from "../../engines/index.ts";

const lineCount = 5;
const maxLetters = 200;

/** The last lines that a container printed, for an error message; one line saying why not when they cannot be read. */
export async function lastLogLines(engine: Engine, containerId: string): Promise<string> {
  const controller = new AbortController();
  try {
    const lines: string[] = [];
    for await (const batch of engine.logs(
      { containerIds: [containerId], tail: lineCount, follow: false },
      controller.signal,
    )) {
      lines.push(...batch.lines.map(({ text }) => printable(text)));
      lines.splice(0, Math.max(0, lines.length - lineCount));
    }
    return lines.length === 0 ? "It printed nothing." : `Its last lines:\n${lines.join("\n")}`;
  } catch (error) {
    if (error instanceof AppError) return `Its log could not be read: ${error.message}`;
    throw error;
  } finally {
    controller.abort();
  }
}

/** A container may print anything: escape codes must not reach a terminal through an error message. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, " ").slice(0, maxLetters);
}
