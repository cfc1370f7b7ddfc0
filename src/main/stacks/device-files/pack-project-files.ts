import { createReadStream } from "node:fs";
import { AppError } from "../../../shared/domain/index.ts";
import { bytesText } from "../../../shared/format/index.ts";
import { type Progress, type TarEntry, tarEnd, tarHeader, tarPadding } from "../../engines/index.ts";
import type { ProjectFile } from "./project-binds.ts";
import type { SendPlan } from "./sent-files.ts";

const reportEveryMs = 1_000;

/**
 * The tar that goes to a device: the files, what is to be removed, what was sent, and a last entry by which the device knows that
 * nothing is missing. Throws `bad-input` for a file that cannot be read or changes meanwhile.
 */
export async function* packProjectFiles(plan: SendPlan, onProgress: Progress): AsyncGenerator<Buffer, void, void> {
  const total = plan.send.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let sent = 0;
  let reportedAtMs = Date.now();
  for (const file of plan.send) {
    yield tarHeader(entryOf(file));
    if (file.kind !== "file") continue;
    for await (const chunk of contentOf(file)) {
      yield chunk;
      sent += chunk.length;
      if (Date.now() - reportedAtMs < reportEveryMs) continue;
      reportedAtMs = Date.now();
      onProgress(`Copied ${bytesText(sent)} of ${bytesText(total)}`);
    }
    yield tarPadding(file.sizeBytes);
  }
  yield plainFile("remove", plan.remove.map((path) => `${path}\0`).join(""));
  yield plainFile("sent.json", JSON.stringify(plan.sent));
  yield plainFile("complete", "");
  yield tarEnd();
}

function entryOf({ path, kind, mode, sizeBytes, modifiedAtMs, linkTarget }: ProjectFile): TarEntry {
  const name = path === "" ? "files" : `files/${path}`;
  return { path: kind === "folder" ? `${name}/` : name, kind, mode, sizeBytes, modifiedAtMs, linkTarget };
}

async function* contentOf({ source, sizeBytes }: ProjectFile): AsyncGenerator<Buffer, void, void> {
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(source)) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (bytes > sizeBytes) break;
      yield chunk;
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new AppError("bad-input", `${source} cannot be read to copy it to the device (${code}).`, { cause: error });
  }
  if (bytes !== sizeBytes) throw new AppError("bad-input", `${source} changed while it was copied to the device.`);
}

function plainFile(path: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header = tarHeader({
    path,
    kind: "file",
    mode: 0o600,
    sizeBytes: content.length,
    modifiedAtMs: 0,
    linkTarget: "",
  });
  return Buffer.concat([header, content, tarPadding(content.length)]);
}
