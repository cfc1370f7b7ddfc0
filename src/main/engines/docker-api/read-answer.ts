import type { IncomingMessage } from "node:http";

/** Reads an answer to its end; null when it is longer than `maxBytes`, and then the rest is not read. */
export async function readAnswer(answer: IncomingMessage, maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The words of a refusal: no engine says more, and none takes longer to say it. */
const refusalMaxBytes = 64 * 1024;
const refusalTimeoutMs = 5_000;

/** What an engine says behind a status that is no success; what of it comes neither endlessly nor late. */
export async function readRefusal(answer: IncomingMessage): Promise<string> {
  let text = "";
  const timer = setTimeout(() => answer.destroy(), refusalTimeoutMs);
  try {
    for await (const chunk of answer) {
      text += String(chunk);
      if (text.length > refusalMaxBytes) break;
    }
  } catch {
    // It broke off: the status and what has come by then say what there is to say.
  } finally {
    clearTimeout(timer);
    answer.destroy();
  }
  return text;
}
