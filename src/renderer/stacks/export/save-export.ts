import type { ExportFormat } from "../../../shared/domain/index.ts";
import { offerFile } from "../../ui/offer-file.ts";
import { type ZipEntry, zipFile } from "./zip-file.ts";

/** What the saved file is called. */
export function exportName(stack: string, to: ExportFormat, files: readonly ZipEntry[]): string {
  const [only] = files;
  if (files.length === 1 && only !== undefined) return to === "compose" ? `${stack}.${only.name}` : only.name;
  return `${stack}.${to}.zip`;
}

/** Offers an exported stack to keep: a file as it is, several as one archive. */
export function saveExport(stack: string, to: ExportFormat, files: readonly ZipEntry[]): void {
  const [only] = files;
  const file =
    files.length === 1 && only !== undefined ? new Blob([only.text], { type: "text/plain" }) : zipFile(files);
  offerFile(exportName(stack, to, files), file);
}
