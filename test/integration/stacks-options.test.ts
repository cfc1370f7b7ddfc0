import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import * as z from "zod";
import { removeStack, startStack } from "../../src/main/stacks/index.ts";
import { currentOwner } from "../../src/main/store/index.ts";
import { BUSYBOX_IMAGE } from "../lab/images.ts";
import { stacksBench } from "./stacks-bench.ts";

const bench = stacksBench();

const hostConfig = z.object({
  CapAdd: z.array(z.string()).nullable(),
  CapDrop: z.array(z.string()).nullable(),
  NetworkMode: z.string(),
  PidMode: z.string(),
  OomScoreAdj: z.int(),
  CpuShares: z.int(),
  ShmSize: z.int(),
  MemorySwap: z.int(),
  VolumesFrom: z.array(z.string()).nullable(),
  LogConfig: z.object({ Type: z.string(), Config: z.record(z.string(), z.string()) }),
  Ulimits: z.array(z.object({ Name: z.string(), Soft: z.int(), Hard: z.int() })).nullable(),
});

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("docker", args);
  return stdout;
}

async function hostConfigOf(id: string) {
  return hostConfig.parse(JSON.parse(await docker("inspect", "--format", "{{json .HostConfig}}", id)));
}

test("whatever the file says of a service is what the engine's container has", async () => {
  const stack = await bench.stack(
    `
  web:
    <<: *base
    command: sleep 1000
    hostname: gate
    domainname: plant.example
    cap_add: [NET_ADMIN]
    cap_drop: [MKNOD]
    ulimits: {nofile: {soft: 512, hard: 1024}, nproc: 200}
    sysctls: {net.ipv4.ip_forward: 1}
    extra_hosts: ["meter:10.1.2.3", "six=::1"]
    dns: [10.9.9.9]
    dns_search: plant.example
    tmpfs: ["/scratch:size=1m"]
    shm_size: 8m
    oom_score_adj: 300
    cpu_shares: 128
    mem_limit: 32m
    memswap_limit: 48m
    group_add: ["1234"]
    logging: {driver: json-file, options: {max-size: 1m, max-file: "2"}}
    volumes: ["kept:/kept"]
    networks: {back: {ipv4_address: 10.123.7.9, aliases: [gateway]}}
  side:
    <<: *base
    command: sleep 1000
    network_mode: service:web
    pid: service:web
    volumes_from: ["web:ro"]
`,
    `networks: {back: {ipam: {config: [{subnet: 10.123.7.0/24}]}, labels: {place: cellar}}}
volumes: {kept: {labels: {place: attic}}}
`,
  );
  const running = await startStack({ engine: bench.engine, stack, owner: currentOwner(), until: "healthy" });
  const [web = ""] = running.services.get("web")?.containerIds ?? [];
  const [side = ""] = running.services.get("side")?.containerIds ?? [];
  expect(await hostConfigOf(web)).toMatchObject({
    OomScoreAdj: 300,
    CpuShares: 128,
    ShmSize: 8 * 1024 ** 2,
    MemorySwap: 48 * 1024 ** 2,
    LogConfig: { Type: "json-file", Config: { "max-size": "1m", "max-file": "2" } },
  });
  const inside = (script: string) => docker("exec", web, "sh", "-c", script);
  expect(await inside("hostname; cat /proc/sys/net/ipv4/ip_forward")).toBe("gate\n1\n");
  expect(await inside("grep 'open files' /proc/1/limits")).toMatch(/512\s+1024/);
  expect(await inside("cat /etc/hosts")).toMatch(/10\.1\.2\.3\s+meter[\s\S]*::1\s+six/);
  expect(await inside("cat /etc/resolv.conf")).toMatch(/search plant\.example/);
  expect(await inside("ip -4 addr show eth0")).toContain("10.123.7.9/24");
  expect(await inside("df -k /scratch /dev/shm | awk 'NR > 1 {print $2}'")).toBe("1024\n8192\n");
  expect(await inside("id -G")).toContain("1234");

  const shared = await hostConfigOf(side);
  expect(shared.NetworkMode).toBe(`container:${web}`);
  expect(shared.PidMode).toBe(`container:${web}`);
  // The same processes and the same address: the two really share them.
  expect(await docker("exec", side, "sh", "-c", "ip -4 addr show eth0")).toContain("10.123.7.9/24");
  expect(await docker("exec", side, "sh", "-c", "touch /kept/x 2>&1 || echo refused")).toContain("refused");

  const network = await docker("network", "inspect", "--format", "{{json .Labels}}", `${stack.name}_back`);
  expect(JSON.parse(network)).toMatchObject({ place: "cellar" });
  const volume = await docker("volume", "inspect", "--format", "{{json .Labels}}", `${stack.name}_kept`);
  expect(JSON.parse(volume)).toMatchObject({ place: "attic" });

  await removeStack({ engine: bench.engine, project: stack.name, volumes: true });
});

test("configs and secrets are in the container with their owner and mode, and a changed one makes a new container", async () => {
  const services = `
  open:
    <<: *base
    command: sleep 1000
    configs: [greeting, {source: settings, target: /etc/app/settings.ini, uid: "1000", gid: "1001", mode: 0640}]
    secrets: [token, {source: token, target: short}]
  closed:
    <<: *base
    command: sleep 1000
    read_only: true
    secrets: [token]
`;
  const rest = `configs: {greeting: {content: "hello $$you"}, settings: {file: ./settings.ini}}
secrets: {token: {file: ./token.txt}}
`;
  const stack = await bench.stack(services, rest);
  const folder = dirname(stack.file);
  await writeFile(join(folder, "settings.ini"), "a = 1\n");
  await writeFile(join(folder, "token.txt"), "s3cret");
  const start = async () => startStack({ engine: bench.engine, stack, owner: currentOwner(), until: "healthy" });
  const first = await start();
  const idOf = (running: typeof first, name: string) => running.services.get(name)?.containerIds[0] ?? "";
  const inside = (id: string, script: string) => docker("exec", id, "sh", "-c", script);
  const open = idOf(first, "open");
  expect(
    await inside(open, "cat /greeting; echo; cat /etc/app/settings.ini /run/secrets/token /run/secrets/short"),
  ).toBe("hello $you\na = 1\ns3crets3cret");
  expect(await inside(open, "stat -c '%u %g %a' /etc/app/settings.ini /run/secrets/token")).toBe(
    "1000 1001 640\n0 0 444\n",
  );
  expect(await inside(idOf(first, "closed"), "cat /run/secrets/token; touch /x 2>&1 || true")).toMatch(
    /s3cret.*Read-only/,
  );
  // The secret is in no label, no environment, nothing that the engine tells.
  expect(await docker("inspect", open)).not.toContain("s3cret");

  await writeFile(join(folder, "settings.ini"), "a = 2\n");
  const second = await start();
  expect(idOf(second, "closed")).toBe(idOf(first, "closed"));
  expect(idOf(second, "open")).not.toBe(open);
  expect(await inside(idOf(second, "open"), "cat /etc/app/settings.ini")).toBe("a = 2\n");

  await writeFile(join(folder, "token.txt"), Buffer.alloc(9 * 1024 * 1024));
  await expect(start()).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining("larger than 8 MiB"),
  });
  await removeStack({ engine: bench.engine, project: stack.name, volumes: true });
});

test("an image is built from a Dockerfile inside the stack, with what the stack says of the build", async () => {
  const stack = await bench.stack(
    `
  built:
    command: cat /made
    build:
      context: .
      dockerfile_inline: |
        FROM ${BUSYBOX_IMAGE}
        ARG WHO
        COPY note.txt /note
        RUN cat /note > /made; echo " $$WHO" >> /made; grep meter /etc/hosts >> /made
      args: {WHO: you}
      labels: {place: attic}
      extra_hosts: ["meter:10.1.2.3"]
      no_cache: true
`,
  );
  await writeFile(join(dirname(stack.file), "note.txt"), "for");
  const tag = `${stack.name}-built`;
  try {
    const running = await startStack({ engine: bench.engine, stack, owner: currentOwner() });
    const [id = ""] = running.services.get("built")?.containerIds ?? [];
    await docker("wait", id);
    expect(await docker("logs", id)).toMatch(/^for you\n10\.1\.2\.3\s+meter/);
    expect(JSON.parse(await docker("image", "inspect", "--format", "{{json .Config.Labels}}", tag))).toMatchObject({
      place: "attic",
    });
    running.close();
    await removeStack({ engine: bench.engine, project: stack.name, volumes: true });
  } finally {
    await docker("image", "rm", "--force", tag);
  }
});
