/**
 * What sampling costs a device: CPU of its sshd and its shell for one container, once, at 1 Hz and at 10 Hz, against the
 * engine's stats stream in the same run. `tsx test/bench/device-sampler.ts [containers] [seconds]`. Needs root, sshd and
 * the local engine with the image bayplan-lab/busybox:1. Fails when the ratio at 1 Hz is worse than the goal.
 */
import { openEngine, sampleDevice } from "../../src/main/engines/index.ts";
import { connectSsh } from "../../src/main/ssh/index.ts";
import { startSshServer } from "../integration/ssh-server-fixture.ts";
import { cpuMsOf, docker, measureStats, type SamplingCost } from "./engine-stats.ts";
import { judge, tell } from "./figures.ts";

const goal = 1 / 30;
const containers = Number(process.argv[2] ?? 20);
const seconds = Number(process.argv[3] ?? 15);
const server = await startSshServer();
const ids: string[] = [];
try {
  const connection = await connectSsh({
    target: { user: "root", host: "127.0.0.1", port: server.port },
    credentials: server.credentials,
    verifyHostKey: async () => true,
  });
  const engine = await openEngine({ connection, socketPath: "/var/run/docker.sock" });
  for (let count = 0; count < containers; count += 1) {
    ids.push(docker("run", "-d", "--init", "bayplan-lab/busybox:1", "sleep", "1000"));
  }

  const measure = async (intervalMs: number): Promise<SamplingCost> => {
    const abort = new AbortController();
    // The start of the shell and its walk through the cgroups are not what a sample costs: it counts from here on.
    let first: { cpuMs: number; atMs: number } | null = null;
    let readings = 0;
    for await (const { containers: sampled } of sampleDevice({
      connection,
      engine,
      intervalMs,
      signal: abort.signal,
    })) {
      const measured = sampled.filter((one) => ids.includes(one.containerId) && one.memoryBytes !== null).length;
      if (measured !== containers) continue;
      // While the shell runs: what an ended process has used cannot be asked any more.
      const now = { cpuMs: cpuMsOf(server.sessionPids()), atMs: performance.now() };
      first ??= now;
      const elapsedMs = now.atMs - first.atMs;
      if (elapsedMs >= seconds * 1000) {
        const samples = readings * containers;
        return { hertz: (readings * 1000) / elapsedMs, samples, msPerSample: (now.cpuMs - first.cpuMs) / samples };
      }
      readings += 1;
    }
    throw new Error("The sampler ended.");
  };

  const slow = await measure(1_000);
  const fast = await measure(100);
  const stats = await measureStats("/var/run/docker.sock", ids, seconds);
  const ratio = slow.msPerSample / stats.msPerSample;
  const fastRatio = fast.msPerSample / stats.msPerSample;
  tell("device-sampler", { containers, seconds, slow, fast, stats, ratio, fastRatio });
  judge("device-sampler", `device CPU over docker stats, ${containers} containers`, ratio, { atMost: goal });
  engine.close();
  connection.close();
} finally {
  if (ids.length > 0) docker("rm", "-f", ...ids);
  await server.stop();
}
