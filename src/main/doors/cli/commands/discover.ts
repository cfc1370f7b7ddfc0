import { type Device, familyName, familyOf, isNeighbour } from "../../../../shared/domain/index.ts";
import { bytesText, coresText, countText, stateWord } from "../../../../shared/format/index.ts";
import type { Context } from "../context.ts";
import { followDevices } from "../follow-devices.ts";
import { printable, quiet } from "../output.ts";
import { formatTable } from "../table.ts";
import { type NetworkSearch, searchNetwork } from "./search-network.ts";

export interface DiscoverOptions {
  timeoutMs: number;
  /** Also what is most likely no container host. */
  all: boolean;
  /** What to knock at first; null: only listen. */
  search: NetworkSearch | null;
}

/** Searches the network where that was asked for, listens for a while, then prints every device with its state, or why there is none. */
export async function discover(context: Context, { timeoutMs, all, search }: DiscoverOptions): Promise<number> {
  const searched = search === null ? null : await searchNetwork(context, search);
  const seen = await watchFor(context, timeoutMs);
  const info = await context.client.host.info();
  const neighbours = seen.filter(isNeighbour);
  const devices = all ? seen : seen.filter((device) => !isNeighbour(device));
  context.output.value({
    devices,
    neighboursHidden: seen.length - devices.length,
    discovery: info.discovery,
    ...(searched === null ? {} : { probe: { counts: searched.counts, found: searched.found } }),
  });
  if (devices.length > 0) {
    context.output.text(formatDevices(devices));
    if (!all) noteHidden(context, neighbours.length);
    return 0;
  }
  context.output.text(`No devices after ${Math.round(timeoutMs / 1000)} s of listening.`);
  for (const { source, state, detail, hint } of info.discovery) {
    context.output.text(`  ${source}: ${state}, ${printable(detail)}`);
    if (hint !== null) context.output.text(`    ${quiet(hint)}`);
  }
  if (!all) noteHidden(context, neighbours.length);
  context.output.text(
    search === null
      ? "Many boards do not announce themselves. Search for them: bayplan discover --probe. Or add one: bayplan devices add user@host"
      : "Add a device by its address: bayplan devices add user@host",
  );
  return 0;
}

function noteHidden({ output }: Context, count: number): void {
  if (count === 0) return;
  output.text(`\n${quiet(`${countText(count, "neighbour")} hidden. Show them: bayplan discover --all`)}`);
}

/** Prints the remembered devices, each with its state once it is known. */
export async function listDevices(context: Context, { timeoutMs }: { timeoutMs: number }): Promise<number> {
  const devices = (
    await watchFor(context, timeoutMs, (all) => {
      const remembered = all.filter((device) => device.remembered);
      return remembered.every((device) => device.state !== "connecting");
    })
  ).filter((device) => device.remembered);
  context.output.value({ devices });
  context.output.text(
    devices.length === 0
      ? "No devices are remembered yet. `bayplan discover` finds them, `bayplan devices trust NAME` keeps one."
      : formatDevices(devices),
  );
  return 0;
}

/** Prints each change as it comes, until Ctrl-C. */
export async function watchDevices({ client, output, signal }: Context): Promise<number> {
  for await (const update of await client.devices.watch(undefined, { signal })) {
    output.value(update);
    if (update.kind === "removed") {
      output.text(`${clock()}  ${update.deviceId}  removed`);
      continue;
    }
    for (const device of update.kind === "snapshot" ? update.devices : [update.device]) {
      output.text(`${clock()}  ${printable(device.name)}  ${printable(stateText(device))}`);
    }
  }
  return 0;
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}

/** Follows the list until the time is over, or until `isEnough` says that nothing more is to be waited for. */
async function watchFor(
  context: Context,
  timeoutMs: number,
  isEnough: (devices: Device[]) => boolean = () => false,
): Promise<Device[]> {
  let devices: Device[] = [];
  for await (devices of followDevices(context, timeoutMs)) if (isEnough(devices)) break;
  return devices.sort((a, b) => a.name.localeCompare(b.name));
}

function stateText(device: Device): string {
  if (device.hostKey.trust === "new") return `New: ${device.hostKey.offered?.fingerprint ?? ""}`;
  if (device.state === "not-asked" && device.sources.includes("ssh-config")) return "In SSH config";
  return device.stale && device.state === "connecting" ? "Connecting (last known)" : stateWord(device.state);
}

/** The table of devices, with what to do under it where a device needs something. */
export function formatDevices(devices: readonly Device[]): string {
  const table = formatTable(devices, [
    { head: "DEVICE", value: (device) => device.name },
    { head: "STATE", value: stateText },
    {
      head: "ADDRESS",
      value: ({ target }) => `${target.user}@${target.host}${target.port === 22 ? "" : `:${target.port}`}`,
    },
    { head: "FAMILY", value: ({ facts }) => (facts === null ? "-" : familyName(familyOf(facts))) },
    { head: "MODEL", value: ({ facts, announcedModel }) => facts?.model ?? announcedModel ?? "-" },
    { head: "OS", value: ({ facts }) => facts?.osName ?? "-" },
    { head: "ENGINE", value: ({ engine }) => (engine === null ? "-" : `${engine.kind} ${engine.version}`) },
    { head: "CORES", right: true, value: ({ facts }) => (facts === null ? "-" : coresText(facts.cpuCores, 2)) },
    { head: "MEMORY", right: true, value: ({ facts }) => (facts === null ? "-" : bytesText(facts.memoryTotalBytes)) },
  ]);
  const remarks = devices.flatMap((device) => [
    ...(device.trouble === null
      ? []
      : [`${device.name}: ${device.trouble.message} ${device.trouble.hint ?? ""}`.trim()]),
    ...device.findings.map((finding) => `${device.name}: ${finding.message}`),
  ]);
  return remarks.length === 0 ? table : `${table}\n\n${remarks.map(quiet).join("\n")}`;
}
