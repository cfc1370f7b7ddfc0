import { eventIterator, oc } from "@orpc/contract";
import { implement } from "@orpc/server";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import * as z from "zod";
import { serveWeb } from "../../src/main/doors/web/index.ts";
import { pageFixture } from "./page-fixture.ts";
import { cookieFor } from "./transports.ts";

const itemBytes = 64 * 1024;

test("a browser that stops reading slows its source down, and its going ends it", async () => {
  let produced = 0;
  let closed = false;
  const os = implement({ flood: oc.output(eventIterator(z.string())) });
  const router = os.router({
    flood: os.flood.handler(async function* ({ signal }) {
      try {
        for (; signal?.aborted !== true; produced += 1) {
          yield "x".repeat(itemBytes);
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        closed = true;
      }
    }),
  });
  const page = await pageFixture();
  const web = await serveWeb({ router, rendererFolder: page.folder, port: 0, host: "127.0.0.1" });
  try {
    const headers = { cookie: await cookieFor(web.url), origin: `http://127.0.0.1:${web.port}` };
    const socket = new WebSocket(`ws://127.0.0.1:${web.port}/api`, { headers });
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send('{"i":"1","p":{"u":"/flood"}}');
    await expect.poll(() => produced, { timeout: 10_000 }).toBeGreaterThan(20);
    socket.pause();
    // The system's buffers fill first; then nothing more is made.
    await expect.poll(() => stands(() => produced), { timeout: 20_000, interval: 10 }).toBe(true);
    const stood = produced;
    socket.resume();
    await expect.poll(() => produced, { timeout: 10_000 }).toBeGreaterThan(stood + 20);
    socket.terminate();
    await expect.poll(() => closed, { timeout: 10_000 }).toBe(true);
  } finally {
    await web.close();
    await page.remove();
  }
});

/** True when the figure did not change for a while. */
async function stands(figure: () => number): Promise<boolean> {
  const before = figure();
  await new Promise((resolve) => setTimeout(resolve, 500));
  return figure() === before;
}
