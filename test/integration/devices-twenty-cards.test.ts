/** Twenty boards whose cards were written from one image, each behind an SSH server of its own on the loopback network. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DiscoverySource, type Fleet, openFleet, type SightingEvent } from "../../src/main/devices/index.ts";

const BOARDS = 20;
const PORT = 22022;
/** A part of the loopback network that no other run of this test is in. */
const NETWORK = `127.${64 + (process.pid % 64)}.${(process.pid >> 6) % 256}`;

/** What the identity probe prints on board `at`: serial number, MAC and boot are its own, everything else is the image's. */
function probeAnswer(at: number): string {
  const two = String(at).padStart(2, "0");
  return [
    "probe 1",
    "host raspberrypi",
    "dt-model Raspberry Pi 4 Model B Rev 1.4",
    "dt-compatible raspberrypi,4-model-b",
    `dt-serial 10000000a3c1f2${two}`,
    "machine-id 5f3b1c2d4e5f60718293a4b5c6d7e8f9",
    `boot-id 50fad44f-30f9-430f-bd48-87cd1abe54${two}`,
    "os ID=debian",
    "kernel 6.6.51+rpt-rpi-v8",
    "arch aarch64",
    "cpus-online 0-3",
    "meminfo MemTotal:        3884304 kB",
    `mac dc:a6:32:01:02:${two}`,
    "cgroup 2",
    "cgroup-controllers cpuset cpu io memory pids",
    "socket docker yes /var/run/docker.sock",
    "end 1",
    "",
  ].join("\n");
}

interface Board {
  host: string;
  close(): Promise<void>;
}

function startBoard(at: number, hostKey: string): Promise<Board> {
  const clients = new Set<ssh2.Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    clients.add(client);
    client.on("close", () => clients.delete(client));
    client.on("error", () => client.end());
    client.on("authentication", (context) => context.accept());
    client.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        const marker = /bayplan-[0-9a-f]{24}/.exec(command)?.[0] ?? "";
        channel.stderr.write(`\n${marker} 1\n`);
        channel.write(`\n${marker} 1\n${command.includes("say probe 1") ? probeAnswer(at) : ""}`);
        channel.exit(0);
        channel.end();
      });
    });
  });
  const host = `${NETWORK}.${at}`;
  return new Promise((resolve) => {
    server.listen(PORT, host, () =>
      resolve({
        host,
        close: async () => {
          for (const client of clients) client.end();
          await new Promise<void>((closed) => server.close(() => closed()));
        },
      }),
    );
  });
}

let boards: Board[];
let dataFolder: string;
let fleet: Fleet | null = null;

beforeEach(async () => {
  const { private: hostKey } = ssh2.utils.generateKeyPairSync("ed25519");
  boards = await Promise.all(Array.from({ length: BOARDS }, (_, at) => startBoard(at + 1, hostKey)));
  dataFolder = await mkdtemp(join(tmpdir(), "bayplan-cards-"));
});

afterEach(async () => {
  await fleet?.close();
  fleet = null;
  await Promise.all(boards.map((board) => board.close()));
  await rm(dataFolder, { recursive: true, force: true });
});

/** Sees every board, in an order that the test gives. */
function told(order: (board: Board) => number): DiscoverySource {
  return {
    name: "told",
    attach(listener: (event: SightingEvent) => void) {
      for (const { host } of [...boards].sort((a, b) => order(a) - order(b))) {
        listener({
          kind: "attach",
          sighting: {
            key: `told:${host}`,
            source: "probe",
            ssh: true,
            user: null,
            name: host,
            hostName: null,
            addresses: [host],
            port: PORT,
            interfaceName: null,
            balena: false,
            services: [],
            announcedModel: null,
            seenAtMs: Date.now(),
          },
        });
      }
      return () => undefined;
    },
    evidence: () => [],
    firstRound: () => Promise.resolve(),
  };
}

async function open(order: (board: Board) => number): Promise<Fleet> {
  fleet = await openFleet({
    dataFolder,
    home: dataFolder,
    credentials: { privateKeys: [], agentSocket: null, password: "raspberry" },
    sources: [told(order)],
    onBug: (error) => {
      throw error;
    },
  });
  return fleet;
}

const serials = (one: Fleet) => one.list().map((device) => device.facts?.boardSerial ?? null);
const lastOf = ({ host }: Board) => Number(host.split(".")[3]);

async function rememberedIds(): Promise<string[]> {
  const text = await readFile(join(dataFolder, "devices.json"), "utf8").catch(() => "");
  return [...text.matchAll(/"id": "(d-[0-9a-f]{12})"/g)].map((match) => match[1] ?? "").sort();
}

test("twenty cards of one image are twenty devices, and stay the same twenty after a restart", async () => {
  const first = await open(lastOf);
  const isNew = () => first.list().filter((one) => one.hostKey.trust === "new").length;
  await expect.poll(isNew, { timeout: 45_000 }).toBe(BOARDS);
  const [asked] = first.list();
  await first.trust(asked?.id ?? expect.fail(), asked?.hostKey.offered?.fingerprint ?? "");
  // They all show the key that was agreed to for the first one.
  await expect.poll(() => new Set(serials(first)).size, { timeout: 45_000 }).toBe(BOARDS);
  expect(serials(first)).not.toContain(null);
  expect(new Set(first.list().map((one) => one.id)).size).toBe(BOARDS);
  for (const one of first.list()) {
    expect(one.findings.map(({ rule }) => rule)).toContain("device.cloned-image");
    expect(one.target.host).toBe(`${NETWORK}.${Number(one.facts?.boardSerial?.slice(-2))}`);
  }
  await expect.poll(async () => new Set(await rememberedIds()).size, { timeout: 45_000 }).toBe(BOARDS);
  const before = await rememberedIds();
  await first.close();

  const again = await open((board) => -lastOf(board));
  expect(again.list()).toHaveLength(BOARDS);
  await expect
    .poll(() => again.list().every((one) => !one.stale && one.factsAtMs !== null), { timeout: 45_000 })
    .toBe(true);
  await again.whenSettled(5_000);
  expect(again.list()).toHaveLength(BOARDS);
  expect(new Set(serials(again)).size).toBe(BOARDS);
  expect(await rememberedIds()).toEqual(before);
});
