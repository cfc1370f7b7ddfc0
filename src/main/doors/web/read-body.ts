import type { IncomingMessage } from "node:http";

/** Reads a small JSON body; null when it is not JSON, or larger than `mostBytes`. */
export async function readJsonBody(request: IncomingMessage, mostBytes: number): Promise<unknown> {
  if (request.headers["content-type"]?.split(";")[0]?.trim() !== "application/json") return null;
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The request must outlive a body that is too long: it still gets an answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) return null;
    bytes += chunk.byteLength;
    if (bytes > mostBytes) return null;
    chunks.push(chunk);
  }
  try {
    const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    return parsed;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
