/** What rules say that the engine refuses, it does refuse; what they are content with, it takes. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { budgetOfModel, findModel } from "../../src/main/profiling/index.ts";
import { checkStack, startStack } from "../../src/main/stacks/index.ts";
import { currentOwner } from "../../src/main/store/index.ts";
import { BUSYBOX_IMAGE } from "../lab/images.ts";
import { tryRun } from "../lab/run.ts";
import { freePort, nothing, stacksBench } from "./stacks-bench.ts";

const bench = stacksBench();
const base = `image: "${BUSYBOX_IMAGE}", init: true, command: sleep 1000`;
const cores = cpus().length;

interface Claim {
  rule: string;
  failing: string;
  fixed: string;
  /** What stands after the services in both. */
  rest?: string;
  /** What the engine says. */
  refusal: RegExp;
}

const claims: Claim[] = [
  {
    rule: "limits.reservation",
    failing: `  a: {${base}, mem_limit: 32m, mem_reservation: 64m}`,
    fixed: `  a: {${base}, mem_limit: 64m, mem_reservation: 32m}`,
    refusal: /reservation/i,
  },
  {
    rule: "limits.too-small",
    failing: `  a: {${base}, mem_limit: 5m}`,
    fixed: `  a: {${base}, mem_limit: 6m}`,
    refusal: /minimum memory limit/i,
  },
  {
    rule: "storage.bind-missing",
    failing: `  a: {${base}, volumes: [{type: bind, source: ./gone, target: /d, bind: {create_host_path: false}}]}`,
    fixed: `  a: {${base}, volumes: [{type: bind, source: ./here, target: /d, bind: {create_host_path: false}}]}`,
    refusal: /does not exist/i,
  },
  {
    rule: "network.address-taken",
    failing: `  a: {${base}, networks: {n: {ipv4_address: 172.31.253.5}}}\n  b: {${base}, networks: {n: {ipv4_address: 172.31.253.5}}}`,
    fixed: `  a: {${base}, networks: {n: {ipv4_address: 172.31.253.5}}}\n  b: {${base}, networks: {n: {ipv4_address: 172.31.253.6}}}`,
    rest: "networks: {n: {ipam: {config: [{subnet: 172.31.253.0/24}]}}}\n",
    refusal: /address already in use/i,
  },
  {
    rule: "ports.conflict",
    failing: `  a: {${base}, ports: ["127.0.0.1:PORT:80"]}\n  b: {${base}, depends_on: [a], ports: ["PORT:80"]}`,
    fixed: `  a: {${base}, ports: ["127.0.0.1:PORT:80"]}\n  b: {${base}, ports: ["127.0.0.2:PORT:80"]}`,
    refusal: /port|address already in use/i,
  },
];

/** The rules that say something about a text as the stack of a device with as many CPUs as this machine. */
async function rulesOf(text: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "bayplan-claims-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "here"));
  await writeFile(join(folder, "compose.yaml"), text);
  const device = { ...budgetOfModel(await findModel("rpi-4b-2gb")), cpus: cores };
  const { checked } = await checkStack({ file: folder, target: "docker", device, environment: {} });
  return checked.map(({ finding }) => finding.rule);
}

test.each(claims)("$rule", async ({ rule, failing, fixed, rest = "", refusal }) => {
  const port = String(await freePort());
  const [bad, good] = [failing, fixed].map((text) => text.replaceAll("PORT", port));
  expect(await rulesOf(`services:\n${bad}\n${rest}`)).toContain(rule);
  expect(await rulesOf(`services:\n${good}\n${rest}`)).not.toContain(rule);

  const taken = await bench.stack(good ?? "", rest);
  await mkdir(join(dirname(taken.file), "here"));
  const running = await startStack({ engine: bench.engine, stack: taken, owner: currentOwner() });
  await running.remove({ volumes: true });

  const refused = await bench.stack(bad ?? "", rest);
  await expect(startStack({ engine: bench.engine, stack: refused, owner: currentOwner() })).rejects.toMatchObject({
    name: "AppError",
    message: expect.stringMatching(refusal),
  });
  expect(await bench.left(refused.name)).toEqual(nothing);
});

test("fit.cpus: `cpus` as Docker itself tells it to the engine; a quota, which Bayplan sets, is taken whatever it says", async () => {
  expect(await rulesOf(`services:\n  a: {${base}, cpus: ${cores + 1}}\n`)).toContain("fit.cpus");
  expect(await rulesOf(`services:\n  a: {${base}, cpus: ${cores}}\n`)).not.toContain("fit.cpus");
  const create = (count: number) => tryRun(["docker", "run", "--rm", "--cpus", String(count), BUSYBOX_IMAGE, "true"]);
  expect(await create(cores + 1)).toMatchObject({ code: 125, stderr: expect.stringMatching(/Range of CPUs/) });
  expect(await create(cores)).toMatchObject({ code: 0 });
});
