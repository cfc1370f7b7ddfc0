import * as z from "zod";
import type { ProjectFile } from "./project-binds.ts";

/** What was sent to a device and how it was then, as it is kept there beside the files. */
export const sentFilesSchema = z.object({
  version: z.literal(1),
  /** By path; of folders nothing is kept. */
  files: z.record(
    z.string().max(4_096),
    z.object({ digest: z.string().regex(/^[0-9a-f]{64}$/), mode: z.int(), link: z.boolean() }),
  ),
});
export type SentFiles = z.infer<typeof sentFilesSchema>;

/** What has to be done so that the device has what this machine has. */
export interface SendPlan {
  /** Files to send, with every folder. */
  send: ProjectFile[];
  /** Paths of files that were sent once, are as they were, and are no more here. */
  remove: string[];
  /** Paths that containers have changed since, and that have not changed here. */
  kept: string[];
  /** Paths that containers have changed since, and that are changed here, too: this machine's count. */
  replaced: string[];
  sent: SentFiles;
}

/**
 * Compares the files here with what was sent before and with what the device has now (SHA-256 by path, of regular files). What a
 * container has written is never taken away because this machine does not know it.
 */
export function planSend(
  files: readonly ProjectFile[],
  before: SentFiles | null,
  there: ReadonlyMap<string, string>,
): SendPlan {
  const plan: SendPlan = { send: [], remove: [], kept: [], replaced: [], sent: { version: 1, files: {} } };
  const here = new Map(files.map((file) => [file.path, file]));
  const entries: [string, SentFiles["files"][string]][] = [];
  for (const file of files) {
    if (file.kind === "folder") {
      plan.send.push(file);
      continue;
    }
    const { path, digest, mode } = file;
    const old = before?.files[path];
    const now = there.get(path);
    entries.push([path, { digest, mode, link: file.kind === "symlink" }]);
    const isAsSent = old?.digest === digest && old.mode === mode;
    const isChangedThere = old !== undefined && now !== undefined && now !== old.digest;
    if (isAsSent && isChangedThere) plan.kept.push(path);
    else if (!isAsSent || (now !== digest && file.kind === "file")) {
      if (isChangedThere && now !== digest) plan.replaced.push(path);
      plan.send.push(file);
    }
  }
  for (const [path, old] of Object.entries(before?.files ?? {})) {
    if (here.has(path) && here.get(path)?.kind !== "folder") continue;
    const now = there.get(path);
    if (now === undefined || now === old.digest) plan.remove.push(path);
    else plan.kept.push(path);
  }
  plan.sent = { version: 1, files: Object.fromEntries(entries) };
  return plan;
}

/** True when nothing is to be done: folders alone change nothing where something was sent before. */
export function isSame({ send, remove, sent }: SendPlan, before: SentFiles | null): boolean {
  const hasFiles = send.some(({ kind }) => kind !== "folder");
  const paths = (one: SentFiles | null) => Object.keys(one?.files ?? {}).length;
  return before !== null && !hasFiles && remove.length === 0 && paths(sent) === paths(before);
}
