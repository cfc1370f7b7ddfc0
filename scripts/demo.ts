/**
 * `npm run demo`: the whole of Bayplan on one machine. On Debian as root it makes a LAN of devices (test/lab), opens the
 * app, profiles the sample gateway stack against two boards of the catalogue and prints both verdicts. Elsewhere, with an
 * engine and a registry, it profiles the same stack from public images. `--keep` leaves everything up until Ctrl-C.
 */
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDirectClient, type Host, openHost } from "../src/main/api/index.ts";
import { formatTarget } from "../src/main/doors/cli/index.ts";
import { serveWeb } from "../src/main/doors/web/index.ts";
import { packageFolder } from "../src/main/store/index.ts";
import { AppError, type ProfileResult } from "../src/shared/domain/index.ts";
import { ensureImages, SAMPLE_BASE_IMAGE } from "../test/lab/images.ts";
import { bringUpLab, ensureLocalEngine, type Lab, stopLocalEngine } from "../test/lab/lab.ts";
import { type ElectronWindow, openElectronWindow } from "./electron-window.ts";
import { build } from "./run-step.ts";

/** Unedited entries of resources/models.json: one that the stack is too large for at its documented load, and one that it fits. */
const boards = ["rpi-zero-2-w", "rpi-4b-2gb"];
const durationMs = 40_000;
const warmUpMs = 5_000;

const keep = process.argv.includes("--keep");
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupted.abort());

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function isDebianRoot(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return false;
  return /^ID(_LIKE)?=.*debian/m.test(readFileSync("/etc/os-release", "utf8"));
}

async function prepareLab(): Promise<Lab> {
  say("Making a LAN of three devices on this machine. The first time takes a few minutes, for the images.");
  const lab = await bringUpLab({
    devices: 3,
    withStacks: true,
    signal: interrupted.signal,
    onStep: (text) => say(`  ${text}`),
  });
  process.env.BAYPLAN_SSH_KEY = lab.clientKeyPath;
  process.env.BAYPLAN_SAMPLE_BROKER = SAMPLE_BASE_IMAGE;
  process.env.BAYPLAN_SAMPLE_PYTHON = SAMPLE_BASE_IMAGE;
  return lab;
}

/** Waits until the lab's devices are heard of, agrees to the keys that the lab says are theirs, and shows what runs. */
async function showDevices(host: Host, lab: Lab): Promise<void> {
  const client = createDirectClient(host.router);
  const prints = new Set(lab.devices.map((device) => device.hostKeyFingerprint));
  const online = new Set<string>();
  const timeout = AbortSignal.any([interrupted.signal, AbortSignal.timeout(30_000)]);
  for await (const update of await client.devices.watch(undefined, { signal: timeout })) {
    if (update.kind === "removed") continue;
    for (const device of update.kind === "snapshot" ? update.devices : [update.device]) {
      const offered = device.hostKey.offered?.fingerprint;
      if (device.hostKey.trust === "new" && offered !== undefined && prints.has(offered)) {
        say(`  found ${device.name} at ${device.target.host}, key ${offered}`);
        await client.devices.trust({ deviceId: device.id, fingerprint: offered });
      }
      if (device.state === "online" && !online.has(device.id)) {
        online.add(device.id);
        const containers = await client.containers.list({ deviceId: device.id });
        say(
          `  ${device.name} is online: ${device.engine?.kind} ${device.engine?.version}, ${containers.length} containers`,
        );
      }
    }
    if (online.size >= lab.devices.length) return;
  }
}

async function profileSample(host: Host): Promise<ProfileResult | null> {
  const client = createDirectClient(host.router);
  const sample = await client.stacks.sample();
  say(`\nProfiling ${sample.file}`);
  say(`against ${boards.join(" and ")}, ${durationMs / 1000} s each.`);
  const run = await client.runs.start({
    file: sample.file,
    targets: boards.map((name) => ({ kind: "named", name })),
    durationMs,
    warmUpMs,
  });
  const cancel = () => void client.runs.cancel({ runId: run.id });
  interrupted.signal.addEventListener("abort", cancel, { once: true });
  for await (const update of await client.runs.watch({ runId: run.id })) {
    if (update.kind === "events") {
      for (const event of update.events) {
        say(
          `  ${(event.atMs / 1000).toFixed(1).padStart(6)} s  ${event.service === null ? "" : `${event.service}: `}${event.text}`,
        );
      }
    }
    if (update.kind === "ended") {
      if (update.record.failure !== null)
        throw new AppError(update.record.failure.code, update.record.failure.message, hintOf(update.record.failure));
      return update.result;
    }
  }
  return null;
}

function hintOf({ hint }: { hint: string | null }): { hint?: string } {
  return hint === null ? {} : { hint };
}

async function main(): Promise<void> {
  await build();
  const dataFolder = await mkdtemp(join(tmpdir(), "bayplan-demo-"));
  let lab: Lab | null = null;
  let host: Host | null = null;
  let window: ElectronWindow | null = null;
  let engineStarted = false;
  try {
    if (isDebianRoot()) {
      engineStarted = (await ensureLocalEngine()).started;
      await ensureImages();
      lab = await prepareLab();
    } else {
      say("This is not Debian as root, so there is no LAN of devices to show: only the profile of the sample stack.");
    }
    host = await openHost({ dataFolder, discover: lab !== null });
    const web = await serveWeb({
      router: host.router,
      rendererFolder: join(packageFolder(), "out", "renderer"),
      port: 0,
      host: "127.0.0.1",
    });
    try {
      say(`\nOpen Bayplan in a browser of this machine: ${web.url}`);
      window = openElectronWindow(dataFolder);
      say(window.opened ? "It is open in a window, too.\n" : `No window of its own here: ${window.reason}\n`);
      if (lab !== null) await showDevices(host, lab);
      const result = await profileSample(host);
      if (result !== null) say(`\n${result.targets.map(formatTarget).join("\n\n")}`);
      if (keep && !interrupted.signal.aborted) {
        say(`\nEverything stays up until Ctrl-C. Bayplan: ${web.newUrl()}`);
        await new Promise((resolve) => interrupted.signal.addEventListener("abort", resolve, { once: true }));
      }
    } finally {
      if (window?.opened === true) await window.close();
      await web.close();
    }
  } finally {
    await host?.close();
    await lab?.down();
    if (engineStarted) await stopLocalEngine();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

try {
  await main();
  process.exitCode = interrupted.signal.aborted ? 130 : 0;
} catch (error) {
  if (interrupted.signal.aborted) process.exitCode = 130;
  else if (error instanceof AppError) {
    process.stderr.write(`${error.message}\n${error.hint ?? ""}\n`);
    if (error.code === "no-engine") {
      process.stderr.write(
        "The demo needs a container engine here (Docker or Podman), or a Debian machine and root to make its own.\n",
      );
    }
    process.exitCode = 1;
  } else throw error;
}
