import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { implement, ORPCError } from "@orpc/server";
import * as z from "zod";
import { contract } from "../../../src/shared/contract/index.ts";
import { type Device, modelSchema, type RunRecord, type Settings } from "../../../src/shared/domain/index.ts";
import { engine, type Machine, plant } from "./devices.ts";
import { sampleOf } from "./load.ts";
import { lineAt } from "./log-lines.ts";
import { eventsUntil, newRecord, resultOf, samplesBetween } from "./run-simulation.ts";
import { openedStack } from "./sample-stack.ts";

const models = z.array(modelSchema).parse(JSON.parse(readFileSync("resources/models.json", "utf8")));
const os = implement(contract);
const file = "/home/you/line-gateway/compose.yaml";

export interface FixtureOptions {
  empty: boolean;
  noEngine: boolean;
  /** How many times faster than real a run goes. */
  runSpeed: number;
}

function pick<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new ORPCError("not-found", { message: `There is no ${what}.`, data: { hint: null } });
  return value;
}

/** The contract answered by made-up but moving data; for looking at the face during development. */
export function fixtureRouter(options: FixtureOptions) {
  const machines: Machine[] = options.empty ? [] : plant();
  const runs = new Map<string, RunRecord>();
  let settings: Settings = { theme: "system", recentStacks: [file, "/home/you/oven/compose.yaml"] };
  let seq = 0;
  const listeners = new Set<() => void>();
  const since = Date.now();

  function change(device: Device): Device {
    const machine = machines.find((candidate) => candidate.device.id === device.id);
    if (machine !== undefined) machine.device = device;
    for (const listener of listeners) listener();
    return device;
  }
  const known = (id: string) =>
    pick(
      machines.find((machine) => machine.device.id === id),
      "such device",
    ).device;
  const done = (["tight", "fits", "does-not-fit", "unknown"] as const).map((verdict, index) => {
    const targets = ["rpi-3b-plus", "rpi-4b-2gb", "rpi-zero-2-w", "simatic-iot2050"]
      .slice(0, index === 0 ? 4 : 1)
      .map((name) => ({ kind: "named" as const, name }));
    const record = newRecord(
      `run-${19 - index}`,
      { file, targets, durationMs: 120_000, warmUpMs: 10_000 },
      models,
      since - index * 9_000_000 - 400_000,
    );
    return { ...record, status: "finished" as const, phase: null, verdict, endedAtMs: record.startedAtMs + 171_000 };
  });
  for (const record of done) runs.set(record.id, record);
  const cut = newRecord(
    "run-15",
    { file, targets: [{ kind: "named", name: "rpi-4b-1gb" }], durationMs: 120_000, warmUpMs: 10_000 },
    models,
    since - 90_000_000,
  );
  runs.set(cut.id, {
    ...cut,
    status: "failed",
    endedAtMs: cut.startedAtMs + 20_000,
    failure: {
      code: "engine-failed",
      message: "The image plant/historian:2.8 is not here and cannot be pulled.",
      hint: "Log in to the registry, or build it.",
    },
  });

  return os.router({
    host: {
      info: os.host.info.handler(() => ({
        version: "0.1.0",
        hostName: "bench",
        cpus: 12,
        memoryBytes: 31.2 * 1024 ** 3,
        engine: options.noEngine ? null : { ...engine, version: "28.1.1" },
        engineFailure: options.noEngine
          ? {
              code: "no-engine" as const,
              message: "There is no container engine on this machine.",
              hint: "Looked at /var/run/docker.sock and podman.sock; DOCKER_HOST is not set.",
            }
          : null,
        listeningSinceMs: since - 72_000,
        discovery: [
          {
            source: "mDNS enp3s0",
            state: options.empty ? ("nothing-heard" as const) : ("working" as const),
            detail: "192.168.4.10/24: 3 answers, 0 SSH devices",
          },
          {
            source: "mDNS wlp2s0",
            state: "failed" as const,
            detail: "Plant-Guest keeps its clients apart: devices on it cannot be reached",
          },
          { source: "Saved devices", state: "working" as const, detail: "0 remembered" },
        ],
      })),
    },
    devices: {
      list: os.devices.list.handler(() => machines.map((machine) => machine.device)),
      watch: os.devices.watch.handler(async function* ({ signal }) {
        await wait(300);
        for (;;) {
          yield { kind: "snapshot" as const, seq, devices: machines.map((machine) => machine.device) };
          await new Promise<void>((resolve) => {
            listeners.add(resolve);
            signal?.addEventListener("abort", () => resolve(), { once: true });
          });
          listeners.clear();
          if (signal?.aborted) return;
          seq += 1;
        }
      }),
      add: os.devices.add.handler(({ input }) => {
        throw new ORPCError("unreachable", {
          message: `No answer from ${input.target.host} on port ${input.target.port}.`,
          data: { hint: "Look whether it is on this network and SSH is on." },
        });
      }),
      trust: os.devices.trust.handler(({ input }) => {
        const device = known(input.deviceId);
        return change({
          ...device,
          remembered: true,
          state: "online",
          hostKey: { ...device.hostKey, trust: "pinned", pinned: device.hostKey.offered },
        });
      }),
      repin: os.devices.repin.handler(({ input }) => {
        const device = known(input.deviceId);
        return change({
          ...device,
          state: "online",
          trouble: null,
          hostKey: { ...device.hostKey, trust: "pinned", pinned: device.hostKey.offered },
        });
      }),
      setUser: os.devices.setUser.handler(({ input }) => {
        const device = known(input.deviceId);
        return change({ ...device, state: "online", trouble: null, target: { ...device.target, user: input.user } });
      }),
      setPassword: os.devices.setPassword.handler(({ input }) => {
        const device = known(input.deviceId);
        const target = { ...device.target, user: input.user };
        return { device: change({ ...device, state: "online", trouble: null, target }), kept: "os" as const };
      }),
      retry: os.devices.retry.handler(async ({ input }) => {
        await wait(800);
        return known(input.deviceId);
      }),
      forget: os.devices.forget.handler(({ input }) => {
        const index = machines.findIndex((machine) => machine.device.id === input.deviceId);
        if (index >= 0) machines.splice(index, 1);
        return { forgotten: index >= 0 };
      }),
    },
    containers: {
      list: os.containers.list.handler(
        ({ input }) =>
          pick(
            machines.find((machine) => machine.device.id === input.deviceId),
            "such device",
          ).containers,
      ),
      watch: os.containers.watch.handler(async function* ({ input, signal }) {
        yield {
          ok: true as const,
          atMs: Date.now(),
          value: pick(
            machines.find((machine) => machine.device.id === input.deviceId),
            "such device",
          ).containers,
        };
        await wait(3_600_000, undefined, { signal: signal ?? AbortSignal.timeout(3_600_000) }).catch(() => undefined);
      }),
    },
    samples: {
      watch: os.samples.watch.handler(async function* ({ signal }) {
        let from = Date.now() - 300_000;
        while (!signal?.aborted) {
          const now = Date.now();
          const samples = [];
          for (let atMs = Math.ceil(from / 1000) * 1000; atMs < now; atMs += 1000) {
            for (const [seed, machine] of machines.entries()) samples.push(sampleOf(machine, seed, atMs));
          }
          from = now;
          yield { samples: samples.filter((sample) => sample !== null), dropped: 0 };
          await wait(1_000);
        }
      }),
    },
    logs: {
      follow: os.logs.follow.handler(async function* ({ input, signal }) {
        let index = 0;
        const now = Date.now();
        yield {
          lines: Array.from({ length: 160 }, (_, at) =>
            lineAt(input.containerIds[at % input.containerIds.length] ?? "", at, now - (160 - at) * 700),
          ),
          skipped: 0,
          ended: [],
        };
        while (!signal?.aborted) {
          await wait(350);
          index += 1;
          yield {
            lines: [lineAt(input.containerIds[index % input.containerIds.length] ?? "", index, Date.now())],
            skipped: index === 12 ? 1_204 : 0,
            ended: [],
          };
        }
      }),
    },
    stacks: {
      open: os.stacks.open.handler(({ input }) => {
        if (input.file.includes("missing"))
          throw new ORPCError("not-found", {
            message: `${input.file} is not there.`,
            data: { hint: "Look at the path, or browse for it." },
          });
        return openedStack(input.file, input.file.includes("oven"));
      }),
      sample: os.stacks.sample.handler(() => openedStack(file, false)),
      recent: os.stacks.recent.handler(() => settings.recentStacks),
      up: os.stacks.up.handler(() => {
        throw new ORPCError("unsupported", { message: "The fixture starts no stacks.", data: { hint: null } });
      }),
      down: os.stacks.down.handler(() => {
        throw new ORPCError("unsupported", { message: "The fixture removes no stacks.", data: { hint: null } });
      }),
      browse: os.stacks.browse.handler(({ input }) => ({
        folder: input.folder ?? "/home/you",
        parent: input.folder === "/home" ? null : "/home",
        entries: [
          { name: "line-gateway", path: "/home/you/line-gateway", kind: "folder" as const },
          { name: "oven", path: "/home/you/oven", kind: "folder" as const },
          { name: "compose.yaml", path: file, kind: "file" as const },
        ],
      })),
    },
    models: { list: os.models.list.handler(() => models) },
    runs: {
      start: os.runs.start.handler(({ input }) => {
        const record = newRecord(`run-${20 + runs.size}`, input, models, Date.now());
        runs.set(record.id, record);
        return record;
      }),
      watch: os.runs.watch.handler(async function* ({ input, signal }) {
        const record = pick(runs.get(input.runId), "such run");
        const clock = () => (Date.now() - record.startedAtMs) * options.runSpeed;
        const endMs = 24_000 + record.request.durationMs;
        let at = Math.min(clock(), endMs);
        let own = 0;
        const state = (): RunRecord => ({
          ...record,
          phase: at > 24_000 ? "steady" : at > 14_000 ? "warm-up" : "start",
        });
        yield {
          kind: "snapshot" as const,
          seq: own,
          record: state(),
          samples: samplesBetween(0, 0, at),
          events: eventsUntil(0, at),
          result: null,
        };
        while (!signal?.aborted && at < endMs) {
          await wait(400);
          const to = Math.min(clock(), endMs);
          own += 1;
          yield { kind: "samples" as const, seq: own, samples: samplesBetween(0, at, to), dropped: 0 };
          const events = eventsUntil(0, to).filter((event) => event.atMs > at);
          at = to;
          if (events.length > 0) {
            own += 1;
            yield { kind: "events" as const, seq: own, events };
            own += 1;
            yield { kind: "record" as const, seq: own, record: state() };
          }
        }
        const ended: RunRecord = {
          ...record,
          status: "finished",
          phase: null,
          verdict: "tight",
          endedAtMs: Date.now(),
        };
        runs.set(record.id, ended);
        own += 1;
        yield { kind: "ended" as const, seq: own, record: ended, result: resultOf(ended) };
      }),
      cancel: os.runs.cancel.handler(({ input }) => {
        const record: RunRecord = {
          ...pick(runs.get(input.runId), "such run"),
          status: "cancelled",
          endedAtMs: Date.now(),
        };
        runs.set(record.id, record);
        return record;
      }),
      list: os.runs.list.handler(() => [...runs.values()]),
      get: os.runs.get.handler(({ input }) => {
        const record = pick(runs.get(input.runId), "such run");
        const over = record.status === "finished";
        return {
          record,
          samples: over ? samplesBetween(0, 0, 144_000) : [],
          events: [],
          result: over ? resultOf(record) : null,
        };
      }),
    },
    settings: {
      get: os.settings.get.handler(() => settings),
      set: os.settings.set.handler(({ input }) => {
        settings = { theme: input.theme ?? settings.theme, recentStacks: input.recentStacks ?? settings.recentStacks };
        return settings;
      }),
    },
  });
}
