import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { createGunzip } from "node:zlib";
import * as z from "zod";
import { AppError } from "../../../shared/domain/index.ts";
import { storeError } from "../store-error.ts";
import {
  type ArchiveLine,
  archiveHeadSchema,
  archiveLimits,
  archiveLineSchema,
  archiveVersion,
} from "./archive-lines.ts";

/**
 * The lines of a file of runs behind its head, each checked, in an order that makes sense: a run first, windows after an observation, the end last.
 * Nothing is held but the line that is read.
 * @throws AppError `bad-input` for what is no such file, is damaged, cut off or larger than allowed; `unsupported` for one of a later version.
 */
export async function* readArchive(file: string): AsyncGenerator<ArchiveLine, void, void> {
  await checkSize(file);
  let head: z.infer<typeof archiveHeadSchema> | null = null;
  let [lines, runs, windows] = [0, 0, 0];
  let [ended, inObservation] = [false, false];
  for await (const text of textLines(file)) {
    if (ended) throw damaged(file, "there is more behind its end");
    if (head === null) {
      head = readHead(file, text);
      continue;
    }
    const line = readLine(file, text);
    if ("end" in line) {
      if (line.end.lines !== lines || runs !== head.runs) throw damaged(file, "lines are missing");
      ended = true;
      continue;
    }
    lines += 1;
    if ("run" in line) runs += 1;
    if (runs === 0 || runs > head.runs) throw damaged(file, "it has not the runs that its head says");
    if ("window" in line) {
      windows += 1;
      if (!inObservation || windows > archiveLimits.windows) throw damaged(file, "it has too many windows");
    } else {
      inObservation = "observation" in line;
    }
    yield line;
  }
  if (!ended) throw damaged(file, "its end is missing");
}

async function checkSize(file: string): Promise<void> {
  let size: number;
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new AppError("bad-input", `${file} is no file.`);
    size = found.size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new AppError("bad-input", `There is no file ${file}.`, {
        hint: "`bayplan runs export RUN FILE` writes one.",
      });
    }
    throw storeError(`${file} cannot be read`, error);
  }
  if (size > archiveLimits.fileBytes) throw damaged(file, "it is larger than 256 MiB");
}

function readHead(file: string, text: string) {
  const parsed = archiveHeadSchema.safeParse(parseJson(text));
  if (!parsed.success) throw noArchive(file);
  if (parsed.data.version === archiveVersion) return parsed.data;
  throw new AppError("unsupported", `${file} was written by a later Bayplan (version ${parsed.data.version}).`, {
    hint: "Use that Bayplan, or export the run again with this one.",
  });
}

function readLine(file: string, text: string): ArchiveLine {
  const parsed = archiveLineSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw damaged(file, "a line is not what it should be", parsed.error.issues[0]);
}

/** Undefined for what is no JSON or holds more values than a line of ours: nothing of either is let in. */
function parseJson(text: string): unknown {
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === "," || letter === "{" || letter === "[") values += 1;
  }
  if (values > archiveLimits.lineValues) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Lines of the unpacked text. Bounds are checked as it comes: a few kilobytes can unpack to any size. */
async function* textLines(file: string): AsyncGenerator<string, void, void> {
  const source = createReadStream(file);
  const unpacked = source.pipe(createGunzip());
  source.once("error", (error) => unpacked.destroy(error));
  const decoder = new StringDecoder("utf8");
  let pieces: string[] = [];
  let [pending, total] = [0, 0];
  try {
    for await (const chunk of unpacked) {
      const bytes = z.instanceof(Buffer).parse(chunk);
      total += bytes.length;
      if (total > archiveLimits.textBytes) throw damaged(file, "it unpacks to more than 1 GiB");
      const parts = decoder.write(bytes).split("\n");
      for (const [index, part] of parts.entries()) {
        pending += part.length;
        if (pending > archiveLimits.lineBytes) throw damaged(file, "a line is longer than 4 MiB");
        pieces.push(part);
        if (index === parts.length - 1) break;
        yield pieces.join("");
        pieces = [];
        pending = 0;
      }
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "Z_BUF_ERROR") throw damaged(file, "it is cut off");
    if (code.startsWith("Z_")) throw total === 0 ? noArchive(file) : damaged(file, "it cannot be unpacked");
    throw storeError(`${file} cannot be read`, error);
  } finally {
    source.destroy();
    unpacked.destroy();
  }
  if (pending > 0) throw damaged(file, "its last line is cut off");
}

function noArchive(file: string): AppError {
  return new AppError("bad-input", `${file} is no file of runs.`, {
    hint: "`bayplan runs export RUN FILE` writes one.",
  });
}

function damaged(file: string, why: string, cause?: unknown): AppError {
  return new AppError("bad-input", `${file} cannot be read as a file of runs: ${why}.`, {
    hint: "Export the run again, and copy the file as it is.",
    ...(cause === undefined ? {} : { cause }),
  });
}
