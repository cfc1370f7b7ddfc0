import type { ContainerFile } from "../engine.ts";
import { tarEnd, tarHeader, tarPadding } from "./tar-header.ts";

/** A tar archive of files for the root of a container. It holds no folders: the engine makes those that are missing, and leaves others. */
export function packFiles(files: readonly ContainerFile[]): Buffer {
  const parts = files.flatMap(({ path, content, mode, userId, groupId }) => [
    tarHeader({
      path: path.replace(/^\/+/, ""),
      kind: "file",
      mode,
      sizeBytes: content.length,
      modifiedAtMs: 0,
      linkTarget: "",
      userId,
      groupId,
    }),
    content,
    tarPadding(content.length),
  ]);
  return Buffer.concat([...parts, tarEnd()]);
}
