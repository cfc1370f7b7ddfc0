import type { Container, DeviceSample, LogLine } from "../../../../shared/domain/index.ts";
import { bytesText, coresText, longAgeText } from "../../../../shared/format/index.ts";
import type { Context } from "../context.ts";
import { findOnlineDevice } from "../find-device.ts";
import { printable } from "../output.ts";
import { pickContainer } from "../pick-container.ts";
import { formatTable } from "../table.ts";

/** The containers of a device. */
export async function listContainers(context: Context, { name }: { name: string }): Promise<number> {
  const device = await findOnlineDevice(context, name);
  const containers = await context.client.containers.list({ deviceId: device.id });
  context.output.value({ device: device.name, deviceId: device.id, containers });
  context.output.text(
    containers.length === 0 ? `${printable(device.name)} has no containers.` : formatContainers(containers),
  );
  return 0;
}

function formatContainers(containers: readonly Container[]): string {
  const now = Date.now();
  return formatTable(containers, [
    { head: "CONTAINER", value: (container) => container.name },
    { head: "STACK", value: (container) => container.stack ?? "-" },
    { head: "IMAGE", value: (container) => container.image },
    { head: "STATE", value: stateText },
    {
      head: "UP",
      value: ({ startedAtMs, state }) =>
        state === "running" && startedAtMs !== null ? longAgeText(now - startedAtMs) : "-",
    },
    {
      head: "MEMORY LIMIT",
      right: true,
      value: ({ memoryLimitBytes }) => (memoryLimitBytes === null ? "none" : bytesText(memoryLimitBytes)),
    },
    {
      head: "CPU LIMIT",
      right: true,
      value: ({ cpuLimitCores }) => (cpuLimitCores === null ? "none" : coresText(cpuLimitCores, 2)),
    },
    { head: "PORTS", value: portsText },
  ]);
}

function stateText({ state, health, exitCode, oomKilled }: Container): string {
  if (state === "exited") return oomKilled ? "exited, OOM killed" : `exited ${exitCode ?? ""}`.trim();
  return health === "none" ? state : `${state}, ${health}`;
}

function portsText({ ports }: Container): string {
  return ports
    .map((port) =>
      port.hostPort === null
        ? `${port.containerPort}/${port.protocol}`
        : `${port.hostPort}->${port.containerPort}/${port.protocol}`,
    )
    .join(", ");
}

/** Logs of the containers named (by name, service or the start of the id), or of all that run. */
export async function followLogs(
  context: Context,
  { name, containers, tail, follow }: { name: string; containers: string[]; tail: number; follow: boolean },
): Promise<number> {
  const device = await findOnlineDevice(context, name);
  const all = await context.client.containers.list({ deviceId: device.id });
  const chosen =
    containers.length === 0
      ? all.filter(({ state }) => state === "running")
      : containers.map((text) => pickContainer(all, text, device.name));
  if (chosen.length === 0) {
    context.output.note(`No container runs on ${device.name}.`);
    return 0;
  }
  const names = new Map(chosen.map((container) => [container.id, container.service ?? container.name]));
  const width = Math.max(...[...names.values()].map((each) => printable(each).length));
  const stream = await context.client.logs.follow(
    { deviceId: device.id, containerIds: [...names.keys()], tail, follow },
    { signal: context.signal },
  );
  for await (const { lines, skipped, marks } of stream) {
    if (skipped > 0) context.output.note(`-- ${skipped} lines skipped: they came faster than they could be read --`);
    for (const mark of marks ?? []) {
      if (mark.replaces !== undefined && mark.containerId !== null) {
        names.set(mark.containerId, names.get(mark.replaces) ?? mark.containerId);
      }
      context.output.note(`-- ${printable(mark.text)} --`);
    }
    for (const line of lines) print(context, line, names.get(line.containerId) ?? line.containerId, width);
  }
  return 0;
}

function print({ output }: Context, line: LogLine, name: string, width: number): void {
  output.value({ ...line, container: name });
  const time = new Date(line.atMs).toISOString().slice(11, 23);
  output.text(`${time}  ${printable(name).padEnd(width)}  ${printable(line.text)}`);
}

/** CPU and memory of a device and its containers, once a second; `once` ends after the first reading that has a rate. */
export async function showStats(context: Context, { name, once }: { name: string; once: boolean }): Promise<number> {
  const device = await findOnlineDevice(context, name);
  const containers = await context.client.containers.list({ deviceId: device.id });
  const names = new Map(containers.map((container) => [container.id, container.name]));
  const stream = await context.client.samples.watch({ deviceIds: [device.id] }, { signal: context.signal });
  for await (const { samples } of stream) {
    for (const sample of samples) {
      if (sample.cpuCoresUsed === null) continue;
      context.output.value(sample);
      context.output.text(formatSample(sample, names));
      if (once) return 0;
    }
  }
  return 0;
}

function formatSample(sample: DeviceSample, names: ReadonlyMap<string, string>): string {
  const head = `${new Date(sample.atMs).toTimeString().slice(0, 8)}  memory ${bytesText(sample.memoryUsedBytes)} of ${bytesText(sample.memoryTotalBytes)}, CPU ${coresText(sample.cpuCoresUsed ?? 0, 2)} of ${coresText(sample.cpuCores, 2)} cores`;
  if (sample.containers.length === 0) return head;
  const table = formatTable(sample.containers, [
    { head: "CONTAINER", value: ({ containerId }) => names.get(containerId) ?? containerId.slice(0, 12) },
    {
      head: "MEMORY",
      right: true,
      value: ({ memoryBytes }) => (memoryBytes === null ? "-" : bytesText(memoryBytes)),
    },
    {
      head: "LIMIT",
      right: true,
      value: ({ memoryLimitBytes, memorySource }) =>
        memorySource === "rss" ? "off" : memoryLimitBytes === null ? "none" : bytesText(memoryLimitBytes),
    },
    { head: "CACHE", right: true, value: ({ cacheBytes }) => (cacheBytes === null ? "-" : bytesText(cacheBytes)) },
    { head: "CPU", right: true, value: ({ cpuCores }) => (cpuCores === null ? "-" : coresText(cpuCores, 2)) },
    {
      head: "CPU LIMIT",
      right: true,
      value: ({ cpuLimitCores }) => (cpuLimitCores === null ? "none" : coresText(cpuLimitCores, 2)),
    },
  ]);
  return `${head}\n${table}\n`;
}
