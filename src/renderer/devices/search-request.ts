import { DEFAULT_PROBE_PORTS, MAX_PROBE_PORTS, type ProbeRequest } from "../../shared/domain/index.ts";

export type ParsedRequest =
  | { ok: true; request: ProbeRequest }
  | { ok: false; field: "networks" | "ports"; problem: string };

/** What a person wrote into the two fields. Whether a network can be searched is the host's to say. */
export function parseSearch(networks: string, ports: string): ParsedRequest {
  const subnets = wordsOf(networks);
  if (subnets.length > 16) return { ok: false, field: "networks", problem: "At most 16 networks at once." };
  const wanted = wordsOf(ports);
  const wrong = wanted.find((word) => !/^\d{1,5}$/.test(word) || Number(word) < 1 || Number(word) > 65535);
  if (wrong !== undefined) {
    return { ok: false, field: "ports", problem: `${wrong} is not a port. Write numbers from 1 to 65535.` };
  }
  const numbers = wanted.length === 0 ? [...DEFAULT_PROBE_PORTS] : [...new Set(wanted.map(Number))];
  if (numbers.length > MAX_PROBE_PORTS) {
    return { ok: false, field: "ports", problem: `At most ${MAX_PROBE_PORTS} ports at once.` };
  }
  return { ok: true, request: { subnets: subnets.length === 0 ? null : subnets, ports: numbers } };
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((word) => word !== "");
}
