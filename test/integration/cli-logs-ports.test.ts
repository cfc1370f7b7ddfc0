/** `logs -f` and `port` of the built command line, on a real device. */
import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { bayplan, startBayplan } from "./bayplan-command.ts";
import { busyboxImage } from "./engines-fixture.ts";

let home: string;
let lab: Lab;
let isOurs = false;
let target: LabDevice;

const options = () => ({ home, env: { BAYPLAN_SSH_KEY: lab.clientKeyPath } });

/** What a running command has said so far. */
function listen(child: ChildProcess): { stdout: string; stderr: string } {
  const said = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => {
    said.stdout += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    said.stderr += chunk.toString();
  });
  return said;
}

function interrupted(child: ChildProcess): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  child.kill("SIGINT");
  return ended;
}

const script = (from: number) => `i=${from}; while :; do echo $i; i=$((i+1)); usleep 20000; done`;

function runCounter(from: number): Promise<string> {
  const labels = ["--label", "com.docker.compose.project=plant", "--label", "com.docker.compose.service=counter"];
  return target.docker(["run", "-d", "--name", "counter", ...labels, busyboxImage, "sh", "-c", script(from)]);
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-cli-"));
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 1, reuse: true });
  const [first] = lab.devices;
  if (first === undefined) throw new Error("The lab has no device.");
  target = first;
  const trusted = await bayplan(
    ["devices", "trust", target.name, "--fingerprint", target.hostKeyFingerprint],
    options(),
  );
  expect(trusted.code).toBe(0);
});

afterAll(async () => {
  await target.docker(["rm", "-f", "counter", "web"]);
  if (isOurs) await lab.down();
  await rm(home, { recursive: true, force: true });
});

test("logs -f goes on after its session was killed and after its container was replaced, and says so on stderr", async () => {
  await runCounter(0);
  const child = startBayplan(["logs", target.name, "-f", "-n", "1000"], options());
  const said = listen(child);
  const numbers = () => [...said.stdout.matchAll(/ counter {2}(\d+)\n/g)].map((match) => Number(match[1]));
  await expect.poll(() => numbers().at(-1) ?? -1, { timeout: 20_000 }).toBeGreaterThan(20);
  await target.sh("for p in $(pgrep -x sshd); do [ $p = $(cat /run/sshd.pid) ] || kill -9 $p; done");
  await expect
    .poll(() => said.stderr, { timeout: 20_000 })
    .toMatch(/-- Interrupted\. .*\n(.*\n)*-- Connected again after /);
  const before = numbers().at(-1) ?? 0;
  await expect.poll(() => numbers().at(-1) ?? -1, { timeout: 20_000 }).toBeGreaterThan(before + 50);
  const whole = numbers();
  expect(whole).toEqual(Array.from({ length: whole.length }, (_, i) => i));
  await target.docker(["rm", "-f", "counter"]);
  await runCounter(100_000);
  await expect.poll(() => numbers().at(-1) ?? -1, { timeout: 20_000 }).toBeGreaterThan(100_010);
  expect(said.stderr).toContain("-- counter has a new container.");
  expect(await interrupted(child)).toBe(130);
});

test("port opens a port of the device until Ctrl-C, and says what is in the way", async () => {
  const serve = "mkdir /w; echo from the device >/w/index.html; httpd -f -p 80 -h /w";
  await target.docker(["run", "-d", "--name", "web", "-p", "8089:80", busyboxImage, "sh", "-c", serve]);
  const child = startBayplan(["port", target.name, "8089", "--local", "18089"], options());
  const said = listen(child);
  await expect.poll(() => said.stdout, { timeout: 20_000 }).toBe("http://127.0.0.1:18089/\n");
  expect(await (await fetch("http://127.0.0.1:18089/")).text()).toBe("from the device\n");
  expect(said.stderr).toContain("until Ctrl-C");
  const second = await bayplan(["--json", "port", target.name, "8089", "--local", "18089"], options());
  expect([second.code, JSON.parse(second.stdout)]).toMatchObject([2, { error: { code: "conflict" } }]);
  const silent = await bayplan(["--json", "port", target.name, "4711"], options());
  expect([silent.code, JSON.parse(silent.stdout)]).toMatchObject([3, { error: { code: "unreachable" } }]);
  expect((await bayplan(["port", target.name, "70000"], options())).code).toBe(2);
  expect(await interrupted(child)).toBe(130);
  await expect(fetch("http://127.0.0.1:18089/")).rejects.toThrow();
});
