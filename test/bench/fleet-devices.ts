/**
 * The other side of fleet-cpu.ts, in a process of its own: an SSH server each of whose connections is a device that
 * answers the sampler with as many containers as told. Prints its port. Started as: fleet-devices.ts CONTAINERS KEYFILE
 */
import { readFileSync } from "node:fs";
import ssh2 from "ssh2";

const containers = Number(process.argv[2]);
const hostKey = readFileSync(process.argv[3] ?? "", "utf8");
const ids = Array.from({ length: containers }, (_, at) => at.toString(16).padStart(64, "0"));

/** One reading, byte for byte as the sampler's script prints it with cgroup v1. */
function reading(tick: number): string {
  const uptime = (1_000 + process.uptime()).toFixed(2);
  const used = Math.round(process.uptime() * 1e8);
  const lines = [
    `t ${tick} ${uptime}`,
    `m 3884304 ${2_000_000 + (tick % 1_000)}`,
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

const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
  client.on("error", () => undefined);
  client.on("authentication", (context) => {
    if (context.method === "password") context.accept();
    else context.reject(["password"]);
  });
  client.on("session", (accept) => {
    accept().on("exec", (acceptExec, _reject, { command }) => {
      const channel = acceptExec();
      const marker = /bayplan-[0-9a-f]{24}/.exec(command)?.[0] ?? "";
      channel.stderr.write(`\n${marker} 4242\n`);
      channel.write(`\n${marker} 4242\n`);
      if (!command.includes("MemAvailable")) {
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
});
server.listen(0, "127.0.0.1", () => {
  const address: unknown = server.address();
  if (typeof address === "object" && address !== null && "port" in address) process.stdout.write(`${address.port}\n`);
});
