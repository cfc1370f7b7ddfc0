import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openHost } from "../../src/main/api/index.ts";
import { provingOf } from "../../src/main/api/wanted-run.ts";
import {
  type Load,
  plainLoad,
  type RunRequest,
  stackSelection,
  type TargetResult,
} from "../../src/shared/domain/index.ts";
import { ensureImages } from "../lab/images.ts";
import { ensureLocalEngine } from "../lab/lab.ts";
import { bayplan } from "./bayplan-command.ts";
import { custom, forgetOthersContainers, hold, leftContainers, ProfilingBench } from "./profiling-bench.ts";

const bench = new ProfilingBench();
const mebibyte = 1024 * 1024;

beforeAll(async () => {
  await ensureLocalEngine();
  await ensureImages();
  forgetOthersContainers();
});
afterAll(() => bench.close());
afterEach(() => {
  expect(leftContainers()).toEqual([]);
  expect(generators()).toEqual([]);
});

/** Processes that make load and were started by this one. */
function generators(): string[] {
  const text = execFileSync("ps", ["-eo", "ppid=,args="], { encoding: "utf8" });
  return text.split("\n").filter((line) => line.trim().startsWith(`${process.pid} `) && line.includes("make-load.js"));
}

const server = `
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200 if self.headers["authorization"] == "Bearer s3cret" and body == b"x=1" else 401)
        self.end_headers()
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("", 8080), Handler).serve_forever()`;

const http: Load = {
  kind: "http",
  service: "web",
  port: 8080,
  path: "/in",
  method: "POST",
  headers: { Authorization: "Bearer s3cret" },
  body: "x=1",
  rate: 20,
  connections: 4,
};

const mqtt = { kind: "mqtt", service: "broker", port: 1883, topic: "a/b", bytes: 64, rate: 20, clients: 2 } as const;

function loadOf(target: TargetResult | undefined, kind: string) {
  const found = target?.load.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`There is no ${kind} load.`);
  return found;
}

test("every kind of load reaches a real stack, is counted over the steady time and lies between healthy and stop", async () => {
  const script = join(bench.folder, "load.sh");
  writeFileSync(script, '#!/bin/sh\necho "$BAYPLAN_SERVICE_WEB and $BAYPLAN_SERVICE_BROKER"\nsleep 100\n');
  chmodSync(script, 0o755);
  const mosquitto = "printf 'listener 1883\\nallow_anonymous true\\n' >/tmp/m.conf; exec mosquitto -c /tmp/m.conf";
  const stack = await bench.stack("load-all", {
    web: { python: server, expose: ["8080"] },
    broker: { python: "", command: ["sh", "-c", mosquitto], ports: ["1883"] },
  });
  const phases: string[] = [];
  const result = await bench.profile(stack, [custom("memory=256MiB,cpus=1")], {
    loads: [
      http,
      plainLoad({ ...mqtt, qos: 1 }),
      { kind: "command", service: "broker", command: ["sh", "-c", "echo inside; exit 0"] },
      { kind: "script", run: ["./load.sh"] },
    ],
    onEvents: (events) => phases.push(...events.flatMap(({ phase }) => phase ?? [])),
  });
  expect(phases.slice(phases.indexOf("healthy"))).toEqual(["healthy", "load", "steady", "stop"]);
  const [target] = result.targets;
  const web = loadOf(target, "http");
  expect(web, web.text).toMatchObject({ made: true, errors: 0 });
  expect(web.latencyMs?.p99).toBeGreaterThanOrEqual(web.latencyMs?.p50 ?? Number.NaN);
  expect(web.sent).toBeLessThan(20 * web.seconds + 3);
  const broker = loadOf(target, "mqtt");
  expect(broker, broker.text).toMatchObject({ made: true, problem: null });
  expect(broker.answered).toBeGreaterThan(0.9 * 20 * broker.seconds);
  expect(loadOf(target, "command")).toMatchObject({ made: true, exitCode: 0, output: ["inside"] });
  const program = loadOf(target, "script");
  expect(program).toMatchObject({ made: true, exitCode: null, name: "load.sh" });
  expect(program.output[0]).toMatch(/^[\d.]+:8080 and [\d.]+:1883$/);
  expect(JSON.stringify(result)).not.toContain("s3cret");
  expect(target?.axes.memory?.verdict).toBe("fits");
  expect(target?.headline).not.toContain("idle");
});

test("a load that nothing answers makes the verdict unknown and is a finding", async () => {
  const stack = await bench.stack("load-none", { web: { python: hold(10) } });
  const result = await bench.profile(stack, [custom("memory=256MiB,cpus=1")], { loads: [http] });
  expect(result.targets[0]?.axes.memory?.verdict).toBe("unknown");
  expect(result.targets[0]?.headline).toMatch(
    /^The load was not made: POST http:\/\/web:8080\/in: no request was answered/,
  );
  expect(result.findings).toMatchObject([{ rule: "load.not-made", message: expect.stringContaining("ECONNREFUSED") }]);
});

test("a script ends with a run that is cancelled", async () => {
  const pidFile = join(bench.folder, "script.pid");
  const stack = await bench.stack("load-cancel", { web: { python: hold(10) } });
  const abort = new AbortController();
  const line = `echo $$ >${pidFile}; trap '' TERM; while :; do sleep 1; done`;
  const run = bench.profile(stack, [custom("memory=256MiB,cpus=1")], {
    loads: [{ kind: "script", run: ["/bin/sh", "-c", line] }],
    steadySeconds: 600,
    signal: abort.signal,
    onEvents: (events) => {
      if (events.some(({ phase }) => phase === "steady")) setTimeout(() => abort.abort(), 1000);
    },
  });
  await expect(run).rejects.toMatchObject({ code: "cancelled" });
  const pid = readFileSync(pidFile, "utf8").trim();
  const isZombie = existsSync(`/proc/${pid}`) && /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  expect(!existsSync(`/proc/${pid}`) || isZombie).toBe(true);
});

/** Holds 20 MiB in its first run. In every later one 60 MiB more: what it keeps on its disk has grown. */
const grows = `
import os, time
x = bytearray(20 * 1024 * 1024)
if os.path.exists("/state/seen"):
    time.sleep(1)
    y = bytearray(60 * 1024 * 1024)
open("/state/seen", "w").close()
time.sleep(1000)`;

function proofFolder(name: string, python: string): { file: string; request: RunRequest } {
  const folder = join(bench.folder, name);
  mkdirSync(join(folder, "state"), { recursive: true });
  const file = join(folder, "compose.yaml");
  const service = {
    image: "bayplan/gateway-base:1",
    command: ["python3", "-c", python],
    init: true,
    volumes: ["./state:/state"],
  };
  writeFileSync(file, JSON.stringify({ name: `bptest-${name}`, services: { keeper: service } }));
  writeFileSync(
    join(folder, "bayplan.yaml"),
    // This is about memory; a busy machine makes the start of a small quota take seconds.
    "thresholds: {minSteadySeconds: 3, heldBackShare: 1, busyHostWindowsMax: 1, throttledWindowsMax: 1}\n",
  );
  const budget = { kind: "custom", memoryBytes: 256 * mebibyte, cpuCores: 1, storageBytes: null } as const;
  const request = stackSelection(file);
  return { file, request: { ...request, targets: [budget], durationMs: 4000, warmUpMs: 0 } };
}

test("advised limits are proven by a second run, and one whose peak comes later fails its proof and names the limit", async () => {
  const host = await openHost({ dataFolder: join(bench.folder, "host"), discover: false });
  try {
    const ended = async (id: Parameters<typeof host.runs.outcome>[0]) => {
      for await (const update of host.runs.watch(id, new AbortController().signal)) if (update.kind === "ended") return;
    };
    const { runs } = host;
    for (const [name, python, passes] of [
      ["proof-holds", hold(20), true],
      ["proof-grows", grows, false],
    ] as const) {
      const { file, request } = proofFolder(name, python);
      const text = readFileSync(file, "utf8");
      const first = await runs.start(request);
      await ended(first.id);
      const measured = await runs.outcome(first.id);
      const advised = measured.result?.targets[0]?.advice.find(({ key }) => key === "mem_limit");
      expect(advised?.proposed).toMatch(/^\d+m$/);
      expect(measured.result?.targets[0]?.proof).toBeNull();
      const { request: again, proving } = provingOf(measured, 0);
      const second = await runs.start(again, { proving });
      expect(second.proves).toEqual({ runId: first.id, target: 0 });
      await ended(second.id);
      const proof = (await runs.outcome(first.id)).result?.targets[0]?.proof;
      expect((await runs.outcome(second.id)).result?.targets[0]?.proof).toEqual(proof);
      expect(proof?.runId).toBe(second.id);
      expect(proof?.passed, proof?.reason).toBe(passes);
      expect(readFileSync(file, "utf8")).toBe(text);
      if (passes) {
        expect(proof).toMatchObject({ oomKills: 0, tooSmall: [] });
      } else {
        expect(proof?.oomKills).toBeGreaterThan(0);
        expect(proof?.tooSmall).toMatchObject([{ service: "keeper", key: "mem_limit", value: advised?.proposed }]);
      }
      const { stdout } = await bayplan(["advise", first.id], { home: join(bench.folder, "host"), cwd: bench.folder });
      expect(stdout).toContain(passes ? "Proven under these limits" : "Failed their proof");
    }
  } finally {
    await host.close();
    rmSync(join(bench.folder, "host"), { recursive: true, force: true });
  }
});
