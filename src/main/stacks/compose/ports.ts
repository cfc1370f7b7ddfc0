import type { PortMapping } from "../../../shared/domain/index.ts";
import { badValue, Fields, wrongType } from "./fields.ts";
import type { Reading } from "./reading.ts";
import type { MapNode, TreeNode } from "./tree.ts";
import { readText, textOf } from "./values.ts";

/** A range like 1-65535 in every line would fill the memory; no stack of a small device comes near. */
const maxPorts = 1000;

interface Range {
  from: number;
  to: number;
}

/** `80` or `8000-8010`; null when it is neither, or the numbers are no ports. */
function parseRange(text: string): Range | null {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return null;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from >= 1 && from <= to && to <= 65535 ? { from, to } : null;
}

function parseProtocol(text: string): PortMapping["protocol"] | null {
  const lower = text.toLowerCase();
  return lower === "tcp" || lower === "udp" || lower === "sctp" ? lower : null;
}

interface PortText {
  host: Range | null;
  container: Range;
  address: string | null;
  protocol: PortMapping["protocol"];
}

/** The short form `[[address:]host:]container[/protocol]`; null when the text is not one. */
export function parsePort(text: string): PortText | null {
  const [ports = "", protocolText = "tcp", ...more] = text.trim().split("/");
  const protocol = parseProtocol(protocolText);
  const match = /^(?:(?:(?:\[([0-9a-fA-F:.%a-z]+)\]|([^:[\]]*)):)?([\d-]*):)?([\d-]+)$/.exec(ports);
  if (match === null || protocol === null || more.length > 0) return null;
  const [, bracketed, plain, hostText = "", containerText = ""] = match;
  const container = parseRange(containerText);
  const host = hostText === "" ? null : parseRange(hostText);
  if (container === null || (hostText !== "" && host === null)) return null;
  return { host, container, address: bracketed ?? (plain || null), protocol };
}

/** Every port that a short or long entry means: ranges are paired one to one. Null when they do not match. */
function pair({ host, container, address, protocol }: PortText): PortMapping[] | null {
  const count = container.to - container.from + 1;
  const hostCount = host === null ? count : host.to - host.from + 1;
  // One container port behind a range of host ports means "one of these"; the first stands for it.
  if (hostCount !== count && count !== 1) return null;
  return Array.from({ length: count }, (_, index) => ({
    containerPort: container.from + index,
    hostPort: host === null ? null : host.from + index,
    hostAddress: address,
    protocol,
  }));
}

function readLongPort(reading: Reading, node: MapNode, owner: string): PortText | null {
  const fields = new Fields(reading, node, `a port of ${owner}`);
  const target = readText(fields, "target");
  const published = readText(fields, "published") ?? "";
  const address = readText(fields, "host_ip");
  const protocol = parseProtocol(readText(fields, "protocol") ?? "tcp");
  const mode = readText(fields, "mode");
  // A name is only a note for people.
  readText(fields, "name");
  fields.finish();
  const container = target === null ? null : parseRange(target);
  const host = published === "" ? null : parseRange(published);
  if (container === null || protocol === null || (published !== "" && host === null)) {
    const hint = "It needs a `target` of 1 to 65535; `published` and `protocol` (tcp, udp, sctp) are optional.";
    badValue(reading, node, `a port of ${owner} cannot be understood.`, hint);
    return null;
  }
  if (mode !== null && mode !== "host" && mode !== "ingress")
    badValue(reading, node, `the mode "${mode}" of a port is not known.`);
  return { host, container, address, protocol };
}

function readPort(reading: Reading, node: TreeNode, owner: string): PortMapping[] {
  const isLong = node.kind === "map";
  const text = isLong ? null : textOf(reading, node, `an entry of \`ports\` of ${owner}`);
  if (!isLong && text === null) return [];
  const port = isLong ? readLongPort(reading, node, owner) : parsePort(text ?? "");
  if (port === null) {
    const hint = 'Write it like "8080:80", "127.0.0.1:8080:80" or "6060:6060/udp".';
    if (!isLong) badValue(reading, node, `"${text?.slice(0, 60)}" is not a port of ${owner}.`, hint);
    return [];
  }
  const mappings = pair(port);
  if (mappings === null) {
    badValue(
      reading,
      node,
      `the two port ranges of ${owner} differ in length.`,
      "Give as many host ports as container ports.",
    );
    return [];
  }
  if (port.host !== null && port.host.to - port.host.from + 1 > mappings.length) {
    const message = `Of the host ports ${port.host.from}-${port.host.to} only ${port.host.from} is used.`;
    reading.warn("compose.port-range", node.place, message, "Name one host port, or none to get a free one.");
  }
  return mappings;
}

/** `ports` of a service, short and long form. */
export function readPorts(fields: Fields): PortMapping[] {
  const node = fields.get("ports");
  if (node === null) return [];
  if (node.kind !== "list") {
    wrongType(fields.reading, node, `\`ports\` of ${fields.owner}`, "a list");
    return [];
  }
  const ports: PortMapping[] = [];
  for (const item of node.items) {
    ports.push(...readPort(fields.reading, item, fields.owner));
    if (ports.length > maxPorts) {
      badValue(fields.reading, item, `${fields.owner} publishes more than ${maxPorts} ports.`);
      return [];
    }
  }
  return ports;
}
