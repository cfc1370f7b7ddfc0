import { existsSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { LatencyBuckets } from "../../../../src/main/profiling/load/generator/latency-buckets.ts";
import { makeLoad } from "../../../../src/main/profiling/load/generator/make-load.ts";
import {
  type HttpJob,
  type LoadFigures,
  type LoadJob,
  loadAnswerSchema,
} from "../../../../src/main/profiling/load/load-job.ts";

/** Makes a load for a time, with a mark in its middle or not. */
async function make(job: LoadJob, ms: number, markAfterMs: number | null = null): Promise<LoadFigures> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const done = makeLoad({ input, output }).finally(() => output.end());
  const said = text(output);
  input.write(`${JSON.stringify({ job })}\n`);
  if (markAfterMs !== null) {
    await sleep(markAfterMs);
    input.write('{"mark":true}\n');
  }
  await sleep(ms);
  input.end();
  await done;
  const lines = (await said).trim().split("\n");
  const answer = loadAnswerSchema.parse(JSON.parse(lines.at(-1) ?? ""));
  if ("figures" in answer) return answer.figures;
  throw new Error("It ended without figures.");
}

async function serve(listener: RequestListener): Promise<HttpJob> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It does not listen.");
  return { ...http, port: address.port };
}

const http: HttpJob = {
  kind: "http",
  host: "127.0.0.1",
  port: 1,
  path: "/",
  method: "GET",
  headers: {},
  body: null,
  rate: 50,
  connections: 5,
};

describe("HTTP load", () => {
  it("keeps its rate over connections that are kept and over those that the server closes", async () => {
    const kept = await make(await serve((_, response) => response.end("ok")), 2000);
    const closed = await make(await serve((_, response) => response.setHeader("connection", "close").end("ok")), 2000);
    for (const { sent, answered, errors, seconds } of [kept, closed]) {
      expect(errors).toBe(0);
      // All but what was under way at the end; a machine that stood still for a second sent less, and never more.
      expect(answered).toBeGreaterThanOrEqual((sent ?? 0) - http.connections);
      expect((sent ?? 0) / seconds).toBeGreaterThan(20);
      expect((sent ?? 0) / seconds).toBeLessThan(52);
    }
  });

  it("counts time that a request waited for a free connection, so that a slow server does not look fast", async () => {
    const job = await serve((_, response) => setTimeout(() => response.end("ok"), 100));
    // One connection takes 10 a second; half of what is asked waits.
    const { latencyMs, answered, seconds } = await make({ ...job, rate: 20, connections: 1 }, 1500);
    expect((answered ?? 0) / seconds).toBeLessThan(11);
    expect(latencyMs?.p50).toBeGreaterThan(150);
  });

  it("says that nothing listens, and that answers are errors", async () => {
    expect(await make(http, 300)).toMatchObject({ answered: 0, problem: expect.stringContaining("ECONNREFUSED") });
    const failing = await serve((_, response) => {
      response.statusCode = 503;
      response.end();
    });
    expect(await make(failing, 300)).toMatchObject({ answered: 0, problem: "HTTP 503" });
  });

  it("sends method, headers and body, and counts from the mark on", async () => {
    const seen: string[] = [];
    const job = await serve((request, response) => {
      void text(request).then((body) => {
        seen.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`);
        response.end();
      });
    });
    const post = { ...job, method: "POST", path: "/in", body: "x=1", headers: { authorization: "Bearer t" } };
    const { answered } = await make(post, 500, 500);
    expect(new Set(seen)).toEqual(new Set(["POST /in Bearer t x=1"]));
    expect(answered).toBeLessThan(seen.length - 10);
  });
});

/** One that has ended waits for its parent to look, and has no memory any more. */
function isAlive(pid: string): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

describe("a script", () => {
  const script = (line: string): LoadJob => ({
    kind: "script",
    run: ["/bin/sh", "-c", line],
    folder: tmpdir(),
    environment: { BAYPLAN_SERVICE_WEB: "10.0.0.2:80" },
  });

  it("knows where the services are; what it printed last and its exit code are kept", async () => {
    const figures = await make(script("echo to $BAYPLAN_SERVICE_WEB; exit 3"), 300);
    expect(figures).toMatchObject({ exitCode: 3, output: ["to 10.0.0.2:80"], sent: null });
  });

  it("ends with all that it started, also what does not listen to SIGTERM", async () => {
    const pids = join(tmpdir(), `bayplan-pids-${process.pid}`);
    onTestFinished(() => rmSync(pids, { force: true }));
    const stubborn = `trap '' TERM; sleep 60 & echo $! >${pids}; echo $$ >>${pids}; while :; do sleep 1; done`;
    const figures = await make(script(stubborn), 300);
    expect(figures.exitCode).toBeNull();
    const alive = readFileSync(pids, "utf8").trim().split("\n").filter(isAlive);
    expect(alive).toEqual([]);
  });

  it("that is not there is said", async () => {
    const missing: LoadJob = { kind: "script", run: ["/no/such"], folder: tmpdir(), environment: {} };
    expect(await make(missing, 100)).toMatchObject({ problem: expect.stringContaining("ENOENT") });
  });
});

it("quantiles of latencies are right to 1 %", () => {
  const buckets = new LatencyBuckets();
  expect(buckets.summary()).toBeNull();
  for (let ms = 1; ms <= 1000; ms += 1) buckets.add(ms);
  const { p50 = 0, p95 = 0, p99 = 0, max } = buckets.summary() ?? {};
  expect(Math.abs(p50 / 500 - 1)).toBeLessThan(0.011);
  expect(Math.abs(p95 / 950 - 1)).toBeLessThan(0.011);
  expect(Math.abs(p99 / 990 - 1)).toBeLessThan(0.011);
  expect(max).toBe(1000);
});
