import { parseByteSize } from "./byte-size.ts";
import type { Service } from "./stack.ts";

const localDefault = { bytes: 20 * 1024 * 1024, files: 5 };

/**
 * The most that an engine keeps of what a service prints, by the log driver that its file names, in bytes; null: no limit. Without one
 * it is Docker's `json-file`, which has no limit unless `max-size` is set. What goes to another place (the journal, a server) takes
 * nothing of its own here. Source: docs.docker.com/engine/logging/drivers.
 */
export function logCapBytes({ logging }: Pick<Service["options"], "logging">): number | null {
  const driver = logging?.driver === undefined || logging.driver === "" ? "json-file" : logging.driver;
  const size = parseByteSize(logging?.options["max-size"] ?? "");
  const files = Math.max(1, Number.parseInt(logging?.options["max-file"] ?? "", 10) || 0);
  if (driver === "json-file") return size === null ? null : size * files;
  if (driver !== "local") return 0;
  return (size ?? localDefault.bytes) * (logging?.options["max-file"] === undefined ? localDefault.files : files);
}

/** What Docker's `json-file` writes around each line: keys, stream and time. */
const jsonLineBytes = 71;

/** About what `json-file` keeps of so many lines with so many bytes. */
export function jsonLogBytes(bytes: number, lines: number): number {
  return bytes + lines * jsonLineBytes;
}
