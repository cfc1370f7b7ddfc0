import { pathPart } from "./engine-http.ts";

/** A reference in a URL's path: its slashes are part of the path, everything else is escaped. */
export function imagePath(reference: string): string {
  return reference.split("/").map(pathPart).join("/");
}

/**
 * A reference as POST /images/create wants it: the name and, apart from it, the tag or digest. Without a tag an engine
 * would pull every tag that there is. A colon before the last slash belongs to a registry's port.
 */
export function splitReference(reference: string): { name: string; tag: string } {
  const digestAt = reference.indexOf("@");
  if (digestAt >= 0) return { name: reference.slice(0, digestAt), tag: reference.slice(digestAt + 1) };
  const colonAt = reference.lastIndexOf(":");
  if (colonAt > reference.lastIndexOf("/")) {
    return { name: reference.slice(0, colonAt), tag: reference.slice(colonAt + 1) };
  }
  return { name: reference, tag: "latest" };
}
