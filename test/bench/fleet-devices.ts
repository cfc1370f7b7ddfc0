/**
 * The other side of fleet-cpu.ts, in a process of its own: SSH servers, each of them a device that says who it is, has an
 * engine with as many containers as told, and answers the sampler. Prints a line for each, its port and its public key,
 * then `ready`. Started as: fleet-devices.ts DEVICES CONTAINERS FOLDER
 */
import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import ssh2, { type Connection } from "ssh2";
import { makeKey } from "../lab/device-files.ts";

const devices = Number(process.argv[2]);
const containers = Number(process.argv[3]);
const folder = process.argv[4] ?? "";
const ids = Array.from({ length: containers }, (_, at) => at.toString(16).padStart(64, "0"));
const memoryKilobytes = 3_884_304;

/** One reading, byte for byte as the sampler's script prints it with cgroup v1. */
function reading(tick: number): string {
  const uptime = (1_000 + process.uptime()).toFixed(2);
  const used = Math.round(process.uptime() * 1e8);
  const lines = [
    `t ${tick} ${uptime}`,
    `m ${memoryKilobytes} ${2_000_000 + (tick % 1_000)}`,
    `c ${tick * 40} 0 ${tick * 20} ${tick * 340} 5 0 3 0 0 0`,
  ];
  for (const [at, id] of ids.entries()) {
    lines.push(
      `k ${id} cpuacct.usage=${used * (at + 1)} cpu.cfs_quota_us=50000 cpu.cfs_period_us=100000 memory.limit_in_bytes=67108864 ` +
        `total_rss=${20_000_000 + tick} total_cache=4000000 total_shmem=0 total_mapped_file=1000000 total_inactive_file=2000000 ` +
        "total_active_file=1000000 memory.kmem.usage_in_bytes=700000",
    );
  }
  return `${lines.join("\n")}\ne ${tick}\n`;
}

/** What the identity probe prints on a small board. */
function identity(device: number): string {
  const number = device.toString(16).padStart(12, "0");
  const lines = [
    "probe 1",
    `host press-line-${device}`,
    "dt-model Raspberry Pi 4 Model B Rev 1.4",
    `dt-serial 10000000${number.slice(-8)}`,
    `machine-id ${number.padStart(32, "a")}`,
    `boot-id ${number}`,
    "os ID=debian",
    "kernel 6.12.25+rpt-rpi-v8",
    "arch aarch64",
    "cpus-online 0-3",
    `meminfo MemTotal:        ${memoryKilobytes} kB`,
    "uptime 1000.00 3000.00",
    `mac ${number.match(/../g)?.join(":")}`,
    "cgroup 1",
    "cgroup-memory memory	5	90	1",
    "socket docker yes /var/run/docker.sock",
    "disk 30000000 20000000",
    "end 1",
  ];
  return `${lines.join("\n")}\n`;
}

/** As an engine does it: a connection that is idle stays open. */
const patient = { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 };

/** What of the engine's API a fleet asks for; events never come. */
const engine = createServer(patient, (request, response) => {
  const path = (request.url ?? "").replace(/^\/v[\d.]+/, "").replace(/\?.*$/, "");
  if (path === "/version") return answer(response, { Version: "20.10.24", ApiVersion: "1.41", Os: "linux" });
  if (path === "/info") {
    const info = {
      Architecture: "aarch64",
      NCPU: 4,
      MemTotal: memoryKilobytes * 1024,
      DockerRootDir: "/var/lib/docker",
    };
    return answer(response, { ...info, CgroupDriver: "cgroupfs", CgroupVersion: "1" });
  }
  if (path === "/containers/json") {
    return answer(
      response,
      ids.map((Id) => ({ Id, Names: [`/${Id.slice(-4)}`], State: "running", Labels: {}, Ports: [] })),
    );
  }
  if (path === "/_ping") return void response.end("OK");
  if (path === "/events") return void response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
  response.writeHead(404).end("{}");
});

function answer(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/** node's HTTP server takes any stream, and calls on it what a channel does not have. */
function withSocketManners(channel: Duplex): Duplex {
  const self = (): Duplex => channel;
  return Object.assign(channel, { setTimeout: self, setNoDelay: self, setKeepAlive: self, destroySoon: self });
}

function serve(device: number, client: Connection): void {
  client.on("error", () => undefined);
  client.on("authentication", (context) => {
    if (context.method === "password") context.accept();
    else context.reject(["password"]);
  });
  client.on("openssh.streamlocal", (accept) => {
    engine.emit("connection", withSocketManners(accept()));
  });
  client.on("session", (accept) => {
    accept().on("exec", (acceptExec, _reject, { command }) => {
      const channel = acceptExec();
      const marker = /bayplan-[0-9a-f]{24}/.exec(command)?.[0] ?? "";
      channel.stderr.write(`\n${marker} 4242\n`);
      channel.write(`\n${marker} 4242\n`);
      if (!command.includes("MemAvailable")) {
        if (command.includes("probe 1")) channel.write(identity(device));
        channel.exit(0);
        channel.end();
        return;
      }
      channel.write("h 1 4\n");
      let rest = "";
      channel.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) channel.write(reading(Number(line.split(" ")[0])));
      });
    });
  });
}

for (let device = 1; device <= devices; device += 1) {
  const keyFile = join(folder, `host-${device}`);
  await makeKey(keyFile, "bench");
  const server = new ssh2.Server({ hostKeys: [readFileSync(keyFile)] }, (client) => serve(device, client));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: unknown = server.address();
  if (typeof address !== "object" || address === null || !("port" in address)) throw new Error("No port.");
  process.stdout.write(`${address.port} ${readFileSync(`${keyFile}.pub`, "utf8")}`);
}
process.stdout.write("ready\n");
