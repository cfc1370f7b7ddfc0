import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { AppError } from "../../shared/domain/index.ts";
import { securityHeaders } from "./security-headers.ts";

/** An answer to a request for a file of the page. */
export interface FileAnswer {
  status: 200 | 304 | 404;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array<ArrayBuffer> | null;
}

/** The built page. Both doors answer from it. */
export interface RendererFiles {
  /** `path` as in a URL (`/assets/index-4f3a.js`); `knownTag` from If-None-Match. `/` is the page; its own places are in the fragment. */
  answer(path: string, knownTag?: string): FileAnswer;
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** The build writes a hash of the content into these names, so that a name never changes its content. */
const hashedName = /^\/assets\/.+-[\w-]{8,}\.\w+$/;

interface KnownFile {
  body: Uint8Array<ArrayBuffer>;
  headers: Readonly<Record<string, string>>;
  tag: string;
}

/**
 * Reads the whole built page (a few megabytes) into memory. A request is then a look-up among known names, so that no
 * path can lead out of the folder. Throws `not-found` when the page was not built.
 */
export async function loadRendererFiles(folder: string): Promise<RendererFiles> {
  const files = new Map<string, KnownFile>();
  for (const file of await filesBelow(folder)) {
    const path = `/${relative(folder, file).split(sep).join("/")}`;
    files.set(path, describe(path, new Uint8Array(await readFile(file))));
  }
  const page = files.get("/index.html");
  if (page === undefined) throw notBuilt(folder);
  return {
    answer(path, knownTag) {
      const known = path === "/" ? page : files.get(path);
      if (known === undefined) return missing;
      if (knownTag === known.tag) return { status: 304, headers: known.headers, body: null };
      return { status: 200, headers: known.headers, body: known.body };
    },
  };
}

const missing: FileAnswer = {
  status: 404,
  headers: { ...securityHeaders, "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  body: new Uint8Array(Buffer.from("There is no such file.\n")),
};

function describe(path: string, body: Uint8Array<ArrayBuffer>): KnownFile {
  const tag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  const cacheControl = hashedName.test(path) ? "public, max-age=31536000, immutable" : "no-cache";
  const type = types[extname(path)] ?? "application/octet-stream";
  return { body, tag, headers: { ...securityHeaders, "content-type": type, etag: tag, "cache-control": cacheControl } };
}

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") throw notBuilt(folder);
    throw error;
  }
}

function notBuilt(folder: string): AppError {
  return new AppError("not-found", `The page was not built: ${folder} has no index.html.`, {
    hint: "Run: npm run build",
  });
}
