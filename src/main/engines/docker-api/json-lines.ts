import type { Readable } from "node:stream";
import { AppError } from "../../../shared/domain/index.ts";
import { saidWords } from "../../../shared/format/index.ts";
import { parseOutsideJson } from "../outside-text.ts";

/** One message of a progress or event stream is never longer than this. */
const lineMaxBytes = 1024 * 1024;

/** The values of a stream of JSON texts, one a line (CR LF or LF), as the engine sends progress and events. */
export async function* jsonLines(source: Readable): AsyncGenerator<unknown, void, void> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of source) {
    if (!Buffer.isBuffer(chunk)) continue;
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      const text = Buffer.concat([...rest, chunk.subarray(from, at)]).toString("utf8");
      rest = [];
      restBytes = 0;
      from = at + 1;
      if (text.trim() !== "") yield parse(text);
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
    restBytes += chunk.length - from;
    if (restBytes > lineMaxBytes) throw new AppError("engine-failed", "The engine sends a message without end.");
  }
  const text = Buffer.concat(rest).toString("utf8");
  if (text.trim() !== "") yield parse(text);
}

function parse(text: string): unknown {
  try {
    return parseOutsideJson(text);
  } catch (cause) {
    throw new AppError("engine-failed", `The engine sends what is not JSON: ${saidWords(text, 80)}.`, { cause });
  }
}
