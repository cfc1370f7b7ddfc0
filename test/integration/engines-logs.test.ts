import { execFileSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine, openLocalEngine } from "../../src/main/engines/index.ts";
import { connectSsh } from "../../src/main/ssh/index.ts";
import type { LogBatch, LogLine } from "../../src/shared/domain/index.ts";
import { busyboxImage, EngineBench, failureOf } from "./engines-fixture.ts";
import { startSshServer } from "./ssh-server-fixture.ts";

let engine: Engine;
let bench: EngineBench;
const aborts: AbortController[] = [];

function signal(): AbortSignal {
  const abort = new AbortController();
  aborts.push(abort);
  return abort.signal;
}

async function collect(batches: AsyncIterable<LogBatch>): Promise<{ lines: LogLine[]; ended: string[] }> {
  const lines: LogLine[] = [];
  const ended: string[] = [];
  for await (const batch of batches) {
    lines.push(...batch.lines);
    ended.push(...batch.ended);
    expect(batch.skipped).toBe(0);
  }
  return { lines, ended };
}

beforeAll(async () => {
  engine = await openLocalEngine();
  bench = new EngineBench(engine);
});

afterEach(async () => {
  for (const abort of aborts.splice(0)) abort.abort();
  // A test that is tried again finds its names free.
  await bench.clean();
});

afterAll(() => {
  engine.close();
});

describe("logs", () => {
  it("give both outputs, long and empty lines and a last one without an end, and say that the source ended", async () => {
    const script = [
      "echo one; echo two >&2; echo; printf 'crlf\\r\\n'",
      "head -c 40000 /dev/zero | tr '\\0' a; echo b",
      "head -c 70000 /dev/zero | tr '\\0' c; echo",
      "printf 'ä€😀 last'",
    ].join("; sleep 0.05; ");
    const id = await bench.run("mixed", ["sh", "-c", script]);
    await bench.untilEnded(id);
    const { lines, ended } = await collect(engine.logs({ containerIds: [id], tail: 100, follow: false }, signal()));
    expect(lines.filter((line) => line.stream === "stderr").map((line) => line.text)).toEqual(["two"]);
    const out = lines.filter((line) => line.stream === "stdout").map((line) => line.text);
    expect(out.map((text) => (text.length > 20 ? `${text[0]}${text.length}${text.at(-1)}` : text))).toEqual([
      "one",
      "",
      "crlf",
      "a40001b",
      "c65536c",
      "c4464c",
      "ä€😀 last",
    ]);
    expect(ended).toEqual([id]);
    expect(Math.abs((lines[0]?.atMs ?? 0) - Date.now())).toBeLessThan(60_000);
    const sorted = [...lines].sort((a, b) => a.atMs - b.atMs);
    expect(lines.map((line) => line.atMs)).toEqual(sorted.map((line) => line.atMs));
  });

  it("begin with as many lines as asked for, and follow", async () => {
    const id = await bench.run("counter", ["sh", "-c", "seq 1 20; sleep 1.5; seq 21 30"]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { lines, ended } = await collect(engine.logs({ containerIds: [id], tail: 5, follow: true }, signal()));
    expect(lines.map((line) => line.text)).toEqual(Array.from({ length: 15 }, (_, i) => String(i + 16)));
    expect(ended).toEqual([id]);
  });

  it("of a terminal come through, with the engine's cuts in long lines mended", async () => {
    const script = "echo hello; head -c 40000 /dev/zero | tr '\\0' z; echo; echo bye";
    const name = `${bench.mark}-tty`;
    const label = Object.entries(bench.labels).map(([key, value]) => `${key}=${value}`)[0] ?? "";
    const args = ["run", "--detach", "--tty", "--name", name, "--label", label, busyboxImage, "sh", "-c", script];
    const id = execFileSync("docker", args, { encoding: "utf8" }).trim();
    await bench.untilEnded(id);
    const { lines } = await collect(engine.logs({ containerIds: [id], tail: 100, follow: false }, signal()));
    expect(lines.map((line) => (line.text.length > 20 ? `z${line.text.length}` : line.text))).toEqual([
      "hello",
      "z40000",
      "bye",
    ]);
    expect(lines[1]?.text.replaceAll("z", "")).toBe("");
  });

  it("of several containers are merged, each in its own order, none lost, and each end said", async () => {
    const count = 20_000;
    const ids = await Promise.all(
      ["a", "b", "c"].map((name) =>
        bench.run(name, ["sh", "-c", `i=0; while [ $i -lt ${count} ]; do echo $i; i=$((i+1)); done`]),
      ),
    );
    const { lines, ended } = await collect(engine.logs({ containerIds: ids, tail: count, follow: true }, signal()));
    for (const id of ids) {
      const own = lines.filter((line) => line.containerId === id).map((line) => Number(line.text));
      expect(own).toEqual(Array.from({ length: count }, (_, i) => i));
    }
    expect([...ended].sort()).toEqual([...ids].sort());
  });

  it("wait for a slow reader and lose nothing, in little memory", async () => {
    const count = 60_000;
    const text = "x".repeat(90);
    const id = await bench.run("flood", ["sh", "-c", `yes ${text} | head -n ${count} | cat -n`]);
    await bench.untilEnded(id);
    let seen = 0;
    let largest = 0;
    for await (const batch of engine.logs({ containerIds: [id], tail: count, follow: false }, signal())) {
      seen += batch.lines.length;
      largest = Math.max(largest, batch.lines.length);
      if (seen < 5_000) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(seen).toBe(count);
    expect(largest).toBeLessThanOrEqual(256);
  });

  it("end quietly when the signal aborts, with sources that say nothing", async () => {
    const id = await bench.run("quiet", ["sleep", "300"]);
    const abort = new AbortController();
    const reading = collect(engine.logs({ containerIds: [id], tail: 10, follow: true }, abort.signal));
    await new Promise((resolve) => setTimeout(resolve, 300));
    abort.abort();
    expect(await reading).toEqual({ lines: [], ended: [] });
  });

  it("of a container that is not there are an error, not an empty list", async () => {
    const error = await failureOf(
      collect(engine.logs({ containerIds: ["f".repeat(64)], tail: 1, follow: true }, signal())),
    );
    expect(error.code).toBe("not-found");
  });

  it("come from a device as they do from here, and end with the connection's own reason", async () => {
    const server = await startSshServer();
    const connection = await connectSsh({
      target: { user: "root", host: "127.0.0.1", port: server.port },
      credentials: server.credentials,
      verifyHostKey: async () => true,
    });
    try {
      const remote = await openEngine({ connection, socketPath: "/var/run/docker.sock" });
      expect((await remote.info()).socket).toBe("/var/run/docker.sock");
      const id = await bench.run("far", ["sh", "-c", "seq 1 3000; sleep 300"]);
      const seen: string[] = [];
      const reading = (async () => {
        for await (const batch of remote.logs({ containerIds: [id], tail: 3000, follow: true }, signal())) {
          seen.push(...batch.lines.map((line) => line.text));
        }
      })();
      const ending = failureOf(reading);
      await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(3000);
      expect(seen).toEqual(Array.from({ length: 3000 }, (_, i) => String(i + 1)));
      for (const pid of server.sessionPids()) process.kill(pid, "SIGKILL");
      const error = await ending;
      expect(error.code).toBe("unreachable");
      expect(error.message).toContain("was lost");
      expect((await failureOf(remote.listContainers())).code).toBe("unreachable");
      remote.close();
    } finally {
      connection.close();
      await server.stop();
    }
  });
});
