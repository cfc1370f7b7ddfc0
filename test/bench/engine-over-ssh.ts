/**
 * How fast the engine's API is over SSH: the list of 20 containers through Bayplan's agent, through the local socket, and
 * through dockerode's own ssh transport, in one run and in turn, so that what else the machine does hits all alike.
 *
 *   tsx test/bench/engine-over-ssh.ts [--requests 400] [--rounds 7]
 *
 * Prints one JSON object a line, and ends with 1 when a goal is missed.
 */
import { Agent, get } from "node:http";
import Docker from "dockerode";
import { openLocalEngine } from "../../src/main/engines/index.ts";
import { connectSsh, socketAgent } from "../../src/main/ssh/index.ts";
import { EngineBench } from "../integration/engines-fixture.ts";
import { type SshServer, startSshServer } from "../integration/ssh-server-fixture.ts";
import { judge, median, option, tell } from "./figures.ts";

const enginePath = "/var/run/docker.sock";
const containers = 20;
const goals = { overDockerode: 50, overLocal: 0.8 };

interface Way {
  name: string;
  once: () => Promise<void>;
  requests: number;
}

function viaAgent(agent: Agent, socketPath: string | undefined): () => Promise<void> {
  return () =>
    new Promise((resolve, reject) => {
      const target = socketPath === undefined ? { host: "device" } : { socketPath };
      get({ ...target, agent, path: "/containers/json?all=1" }, (answer) => {
        answer.resume();
        answer.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(String(answer.statusCode)))));
        answer.on("error", reject);
      }).on("error", reject);
    });
}

/** Requests per second, with so many under way at once. */
async function measure(way: Way, atOnce: number): Promise<number> {
  let left = way.requests;
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left > 0) {
        left -= 1;
        await way.once();
      }
    }),
  );
  return (way.requests * 1000) / (performance.now() - startMs);
}

async function compare(ways: { ours: Way; local: Way; dockerode: Way }, atOnce: number, rounds: number) {
  const rates: Record<keyof typeof ways, number[]> = { ours: [], local: [], dockerode: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const key of ["local", "ours", "dockerode"] as const) rates[key].push(await measure(ways[key], atOnce));
  }
  // A ratio per round, then the median: the rounds' own noise is in both parts of it.
  const ratio = (key: "local" | "dockerode"): number =>
    median(rates.ours.map((rate, round) => rate / (rates[key][round] ?? Number.NaN)));
  const perSecond = Object.fromEntries(Object.entries(rates).map(([key, list]) => [key, Math.round(median(list))]));
  const result = { atOnce, perSecond, overDockerode: ratio("dockerode"), overLocal: ratio("local") };
  tell("engine-over-ssh", result);
  return result;
}

async function run(server: SshServer): Promise<void> {
  const requests = option("requests", 400);
  const rounds = option("rounds", 7);
  const connection = await connectSsh({
    target: { user: "root", host: "127.0.0.1", port: server.port },
    credentials: server.credentials,
    verifyHostKey: async (key) => key.fingerprint === server.fingerprint,
  });
  const ours = socketAgent(connection, enginePath);
  const local = new Agent({ keepAlive: true, scheduling: "lifo" });
  const [privateKey = ""] = server.credentials.privateKeys;
  const peer = new Docker({
    protocol: "ssh",
    host: "127.0.0.1",
    port: server.port,
    username: "root",
    sshOptions: { privateKey },
  });
  const ways = {
    ours: { name: "ours", once: viaAgent(ours, undefined), requests },
    local: { name: "local", once: viaAgent(local, enginePath), requests },
    dockerode: {
      name: "dockerode",
      once: async () => {
        await peer.listContainers({ all: true });
      },
      requests: Math.max(4, Math.round(requests / 100)),
    },
  };
  try {
    for (const way of Object.values(ways)) await way.once();
    const alone = await compare(ways, 1, rounds);
    await compare(ways, 8, rounds);
    judge("engine-over-ssh", "requests/s over dockerode's ssh", alone.overDockerode, { atLeast: goals.overDockerode });
    judge("engine-over-ssh", "requests/s over the local socket", alone.overLocal, { atLeast: goals.overLocal });
  } finally {
    ours.destroy();
    local.destroy();
    connection.close();
  }
}

const server = await startSshServer();
const engine = await openLocalEngine();
const bench = new EngineBench(engine);
try {
  for (let i = 0; i < containers; i += 1) await engine.createContainer(bench.spec(`c${i}`, ["true"]));
  await run(server);
} finally {
  await bench.clean();
  engine.close();
  await server.stop();
}
