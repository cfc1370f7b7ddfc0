import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openEngine } from "../../src/main/engines/index.ts";

/** An engine's redirect was followed to any address that it named, and one that could not be parsed ended the process. */
it.each(["http://127.0.0.1:PORT/stolen", "ftp://x/", "http:/v1.41/containers/pause?", "\u00ff", ""])(
  "an engine that redirects to %j is refused, and nobody else is asked",
  async (place) => {
    const folder = mkdtempSync(join(tmpdir(), "bayplan-redirect-"));
    const asked: string[] = [];
    const other = createServer((request, answer) => {
      asked.push(request.url ?? "");
      answer.end("{}");
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    const engine = createServer((_request, answer) => {
      answer.writeHead(301, { Location: place.replace("PORT", port) });
      answer.end();
    });
    await new Promise<void>((resolve) => engine.listen(join(folder, "engine.sock"), resolve));
    await expect(openEngine({ socketPath: join(folder, "engine.sock") })).rejects.toMatchObject({
      code: "engine-failed",
      message: expect.stringContaining("301"),
    });
    expect(asked).toEqual([]);
    for (const server of [other, engine]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    rmSync(folder, { recursive: true });
  },
);
