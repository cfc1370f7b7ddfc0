import { isIP } from "node:net";
import { ModelProblem } from "../model-problem.ts";
import { type IntNode, intNode, type MapNode, type ModelNode, mapNode, type TextNode, textNode } from "../node.ts";

/**
 * `[[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL]` of `ports`, each with ranges: the long forms, one for each port of the container,
 * in the order of their texts as the reference gives them.
 * @throws ModelProblem for what is no port, no address, or ranges of two lengths.
 */
export function expandPort(node: TextNode | IntNode): MapNode[] {
  const spec = String(node.value);
  const problem = (what: string): ModelProblem => {
    const hint = 'Write for example "8080:80", "127.0.0.1:8080:80/udp" or "9000-9005:9000-9005".';
    return new ModelProblem("compose.bad-value", `"${spec}" is no port mapping: ${what}.`, node.place, hint);
  };
  const parts = spec.split(":");
  const last = parts.at(-1) ?? "";
  const published = parts.length > 1 ? (parts.at(-2) ?? "") : "";
  const address = readAddress(parts.slice(0, -2).join(":"));
  if (address === null) throw problem("the address is none");
  const { target, protocol } = splitProtocol(last);
  if (target === "") throw problem("the container's port is missing");
  const inside = portRange(target);
  if (inside === null) throw problem(`the container's port is "${target}"`);
  const outside = published === "" ? null : portRange(published);
  if (published !== "" && outside === null) throw problem(`the published port is "${published}"`);
  const isRange = inside.end !== inside.start;
  if (outside !== null && outside.end - outside.start !== inside.end - inside.start && isRange) {
    throw problem("the two ranges are not of one length");
  }
  if (!["tcp", "udp", "sctp"].includes(protocol)) throw problem(`the protocol is "${protocol}"`);
  const ports: { target: number; published: string }[] = [];
  for (let index = 0; index <= inside.end - inside.start; index += 1) {
    const first = outside === null ? "" : String(outside.start + index);
    const isPool = !isRange && outside !== null && outside.start !== outside.end;
    ports.push({ target: inside.start + index, published: isPool ? `${first}-${outside.end}` : first });
  }
  ports.sort((a, b) => (String(a.target) < String(b.target) ? -1 : 1));
  return ports.map((port) => longForm(port, address, protocol, node));
}

function longForm(
  port: { target: number; published: string },
  address: string,
  protocol: string,
  { place }: ModelNode,
): MapNode {
  const entries: [string, ModelNode][] = [["mode", textNode("ingress", place)]];
  if (address !== "") entries.push(["host_ip", textNode(address, place)]);
  if (port.target !== 0) entries.push(["target", intNode(port.target, place)]);
  if (port.published !== "") entries.push(["published", textNode(port.published, place)]);
  entries.push(["protocol", textNode(protocol, place)]);
  return mapNode(entries, place);
}

function splitProtocol(text: string): { target: string; protocol: string } {
  const [target = "", protocol = ""] = text.split("/");
  return { target, protocol: protocol === "" ? "tcp" : protocol.toLowerCase() };
}

/** An IP address, in brackets or without; "" for none, null when it is no address. */
function readAddress(text: string): string | null {
  if (text === "") return "";
  const inBrackets = /^\[(.*)\]$/.exec(text)?.[1];
  // Without brackets, more than one colon is one too many for the reference.
  if (inBrackets === undefined && text.includes(":")) return null;
  const address = inBrackets ?? text;
  if (address === "") return "";
  return isIP(address) === 0 ? null : address;
}

function portRange(text: string): { start: number; end: number } | null {
  const [first = "", second] = text.split("-");
  const start = port(first);
  const end = second === undefined ? start : port(second);
  return start === null || end === null || end < start ? null : { start, end };
}

function port(text: string): number | null {
  if (!/^[0-9]+$/.test(text)) return null;
  const value = Number(text);
  return value <= 65_535 ? value : null;
}
