import {
  AppError,
  DEFAULT_PROBE_PORTS,
  MAX_PROBE_PORTS,
  type ProbeFinding,
  type ProbeUpdate,
} from "../../../../shared/domain/index.ts";
import { probePlanText, probeResultText } from "../../../../shared/format/index.ts";
import type { Context } from "../context.ts";
import { printable } from "../output.ts";

export interface NetworkSearch {
  /** Ranges to ask; null for the private networks of this machine. */
  subnets: string[] | null;
  ports: number[];
}

export type SearchResult = Extract<ProbeUpdate, { kind: "done" }>;

/** Searches the network and tells on stderr how far it is. What is found is on the list of devices then. */
export async function searchNetwork(context: Context, search: NetworkSearch): Promise<SearchResult> {
  const { client, output, signal } = context;
  let toldAt = 0;
  for await (const update of await client.devices.probe(search, { signal })) {
    switch (update.kind) {
      case "started":
        output.note(`Searching ${probePlanText(update.plan)}. Ctrl-C stops it.`);
        for (const { cidr, partOf } of update.plan.subnets) {
          if (partOf !== null)
            output.note(`  ${partOf} is too large to ask: only ${cidr}. Name a part to ask another.`);
        }
        break;
      case "progress":
        for (const found of update.found) output.note(`  ${findingText(found)}`);
        if (update.counts.asked - toldAt >= update.counts.addresses / 4) {
          toldAt = update.counts.asked;
          output.note(`  ${update.counts.asked} of ${update.counts.addresses} addresses asked`);
        }
        break;
      case "done":
        output.note(probeResultText(update.counts));
        return update;
    }
  }
  signal.throwIfAborted();
  throw new AppError("internal", "The search ended without a result.");
}

function findingText({ host, port, banner }: ProbeFinding): string {
  return `${host}${port === 22 ? "" : `:${port}`}  ${printable(banner)}`;
}

/** `22,22222` as numbers. Throws `bad-input`. */
export function parsePorts(text: string | undefined): number[] {
  if (text === undefined) return [...DEFAULT_PROBE_PORTS];
  const ports = [...new Set(text.split(",").map((part) => part.trim()))].map((part) =>
    /^\d{1,5}$/.test(part) ? Number(part) : 0,
  );
  if (ports.length > MAX_PROBE_PORTS || ports.some((port) => port < 1 || port > 65535)) {
    throw new AppError("bad-input", `${JSON.stringify(text)} is no list of ports.`, {
      hint: `Write up to ${MAX_PROBE_PORTS} of them with commas between: --ports 22,22222`,
    });
  }
  return ports;
}
