import { maxPartLetters } from "../../shared/contract/index.ts";
import type { ImportedRuns } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { offerFile } from "../ui/offer-file.ts";

/** Bytes of one part: base64 makes four letters of three. */
const partBytes = Math.floor(maxPartLetters / 4) * 3;

/** Gives the host a file of runs, part by part. */
export async function sendRuns(file: Blob): Promise<ImportedRuns> {
  let upload: string | null = null;
  for (let from = 0; ; from += partBytes) {
    const last = from + partBytes >= file.size;
    const bytes = new Uint8Array(await file.slice(from, from + partBytes).arrayBuffer());
    const answer: { upload: string; done: ImportedRuns | null } = await client.runs.importPart({
      upload,
      base64: toBase64(bytes),
      last,
    });
    if (answer.done !== null) return answer.done;
    upload = answer.upload;
  }
}

/** Offers runs as one file to keep. */
export async function offerRuns(names: string[]): Promise<void> {
  const { name, base64 } = await client.runs.exportBytes({ names });
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  offerFile(name, new Blob([bytes], { type: "application/gzip" }));
}

function toBase64(bytes: Uint8Array): string {
  // Spread into one call, a long array is more arguments than a call may have.
  const step = 0x8000;
  let text = "";
  for (let at = 0; at < bytes.length; at += step) text += String.fromCharCode(...bytes.subarray(at, at + step));
  return btoa(text);
}
