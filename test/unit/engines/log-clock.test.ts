/** A device's clock that is set back: what is printed afterwards is older than what was read before, and none of it is lost. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LogPosition, openEngine } from "../../../src/main/engines/index.ts";

const startMs = Date.parse("2026-01-01T12:00:00Z");

interface Kept {
  atMs: number;
  text: string;
}

function lines(fromMs: number, count: number, word: string, everyMs = 40): Kept[] {
  return Array.from({ length: count }, (_, i) => ({ atMs: fromMs + i * everyMs, text: `${word} ${i}` }));
}

function frame({ atMs, text }: Kept, wholeSeconds: boolean): Buffer {
  const exact = `${new Date(atMs).toISOString().slice(0, -1)}000000Z`;
  const stamp = wholeSeconds ? `${exact.slice(0, 19)}Z` : exact;
  const payload = Buffer.from(`${stamp} ${text}\n`);
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** A reading of the clock that is as exact as they come. */
function clock(atMs: number): { atLeastMs: number; atMostMs: number } {
  return { atLeastMs: atMs, atMostMs: atMs + 1_000 };
}

/** What an engine of 20.10 and Podman give: each message that is not older than `since`, whatever is around it. */
function answer(log: readonly Kept[], since: string | null, wholeSeconds: boolean): Buffer {
  const due = log.filter((one) => since === null || one.atMs >= Number(since) * 1000);
  return Buffer.concat(due.map((one) => frame(one, wholeSeconds)));
}

describe.each([
  ["exact times", false],
  ["times of whole seconds", true],
])("a log with %s", (_name, wholeSeconds) => {
  const read = (position: LogPosition, log: readonly Kept[], clockMs: number): string[] => {
    const demux = position.restart("web", false, clock(clockMs));
    const texts = demux.take(answer(log, position.resume(), wholeSeconds)).map((line) => line.text);
    if (texts.length > 0) position.took();
    return texts;
  };

  it.each([30_000, 3_600_000])("is whole after the clock was set back by %i ms while nobody read it", (backMs) => {
    const before = lines(startMs, 900, "before");
    const unread = lines(startMs + 36_000, 50, "unread");
    // No two messages have the same nanosecond.
    const after = lines(startMs + 38_013 - backMs, 700, "after");
    const position = new LogPosition();
    const texts = read(position, before, 1_000_000);
    texts.push(...read(position, [...before, ...unread, ...after.slice(0, 300)], 1_000_000 - backMs));
    // And once more, with no more to be known of the clock.
    texts.push(...read(position, [...before, ...unread, ...after], 1_000_000 - backMs));
    expect(texts).toEqual([...before, ...unread, ...after].map((one) => one.text));
    expect(position.takeGap()).toBe(false);
  });

  it("is whole after the clock was set back when little was read, and when it was set forward", () => {
    for (const byMs of [-60_000, 60_000]) {
      const log = [...lines(startMs, 3, "before"), ...lines(startMs + 1_000 + byMs, 200, "after")];
      const position = new LogPosition();
      const texts = read(position, log.slice(0, 3), 0);
      texts.push(...read(position, log.slice(0, 100), byMs));
      texts.push(...read(position, log, byMs));
      expect(texts).toEqual(log.map((one) => one.text));
      expect(position.takeGap()).toBe(false);
    }
  });

  it("is asked for from where it was when the clock goes on, however late the answer was that tells it", () => {
    const position = new LogPosition();
    read(position, lines(startMs, 900, "before"), 0);
    const sinceWith = (reading: ReturnType<typeof clock>): number => {
      position.restart("web", false, reading);
      return Number(position.resume());
    };
    const since = sinceWith(clock(900));
    expect(sinceWith({ atLeastMs: -9_000, atMostMs: 500 })).toBe(since);
    expect(sinceWith(clock(-10_000))).toBeLessThan(since - 9);
  });
});

it("a log that is followed is asked for anew when the clock is set back meanwhile: the engine keeps back what is older", async () => {
  const folder = mkdtempSync(join(tmpdir(), "bayplan-clock-"));
  const before = lines(startMs, 900, "before");
  const after = lines(startMs + 60_013 - 3_600_000, 100, "after");
  const log = [...before];
  const beganAtMs = performance.now();
  let clockMs = startMs + 60_000;
  const followers: { since: number; answer: ServerResponse }[] = [];
  const print = (one: Kept): void => {
    log.push(one);
    for (const { since, answer: to } of followers) if (one.atMs >= since) to.write(frame(one, false));
  };
  const replies: Record<string, unknown> = {
    "/version": { Version: "20.10.24", ApiVersion: "1.41", MinAPIVersion: "1.12", Os: "linux", Arch: "arm64" },
    "/info": { Architecture: "aarch64", NCPU: 4, MemTotal: 1e9, DockerRootDir: "/var/lib/docker" },
    "/containers/web/json": {
      Id: "web",
      Name: "/web",
      Created: "2026-01-01T00:00:00Z",
      State: { Status: "running", Running: true, ExitCode: 0, StartedAt: "", FinishedAt: "" },
      Config: { Image: "web", Tty: false, Labels: {} },
      HostConfig: {},
    },
    "/_ping": "OK",
  };
  const server = createServer((request, reply) => {
    const url = new URL(request.url ?? "", "http://engine");
    const path = url.pathname.replace(/^\/v[\d.]+/, "");
    reply.setHeader("Date", new Date(clockMs + performance.now() - beganAtMs).toUTCString());
    if (path !== "/containers/web/logs") {
      reply.setHeader("Content-Type", "application/json");
      reply.end(JSON.stringify(replies[path] ?? {}));
      return;
    }
    const since = url.searchParams.get("since");
    const sinceMs = since === null ? 0 : Number(since) * 1000;
    const due = log.filter((one) => one.atMs >= sinceMs);
    // Headers come with the first line, as those of the engine do.
    if (due.length > 0) reply.write(Buffer.concat(due.map((one) => frame(one, false))));
    if (url.searchParams.get("follow") !== "1") return void reply.end();
    followers.push({ since: sinceMs, answer: reply });
  });
  await new Promise<void>((resolve) => server.listen(join(folder, "engine.sock"), resolve));
  try {
    const engine = await openEngine({ socketPath: join(folder, "engine.sock") });
    const position = new LogPosition();
    const texts: string[] = [];
    const follow = async (wanted: number): Promise<void> => {
      const stop = new AbortController();
      for await (const piece of engine.followLog?.("web", { tail: null, follow: true, position }, stop.signal) ?? []) {
        texts.push(...piece.lines.map((line) => line.text));
        expect(piece.gap).toBe(false);
        if (texts.length >= wanted) break;
      }
      stop.abort();
    };
    await follow(900);
    // It goes on behind the last line; then the clock is set back, which other answers of the engine tell.
    const going = follow(1_000);
    await expect.poll(() => followers.length, { timeout: 5_000 }).toBe(2);
    clockMs -= 3_600_000;
    for (const one of after.slice(0, 60)) print(one);
    await engine.ping();
    await expect.poll(() => texts.length, { timeout: 10_000 }).toBe(960);
    for (const one of after.slice(60)) print(one);
    await going;
    expect(texts).toEqual([...before, ...after].map((one) => one.text));
    engine.close();
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  }
});
