import { intNode, type ModelNode, mapNode, textNode } from "../../compose/node.ts";
import type { ServiceDraft } from "../compose-model.ts";
import { type Fields, fail } from "../fields.ts";
import type { Spelling } from "./spelling.ts";

/** Ports of the host that lead to ports of the container; a range of them means the first that is free. */
export function readPorts(fields: Fields, draft: ServiceDraft, spelling: Spelling, isHost: boolean): void {
  const rows = fields.rows(spelling.portMappings);
  if (isHost && rows.length > 0) {
    const message = "Kanto refuses port mappings on the host's network.";
    fail(
      fields.findings,
      "refused",
      fields.any(spelling.portMappings) ?? fields.node,
      message,
      "Take them out: every port is the host's.",
    );
  }
  for (const row of rows) readPort(row, draft, spelling);
}

function readPort(row: Fields, draft: ServiceDraft, spelling: Spelling): void {
  const protocol = row.text("proto");
  const address = row.text(spelling.hostAddress);
  const inside = row.whole(spelling.containerPort);
  const first = row.whole(spelling.hostPort);
  const last = row.whole(spelling.hostPortEnd);
  row.finish();
  for (const port of [inside, first, last]) {
    if (port !== null && (port.value < 0 || port.value > 65_535))
      fail(row.findings, "bad-value", port.node, `${port.value} is no port.`);
  }
  if (inside === null || inside.value === 0) {
    fail(row.findings, "bad-value", row.node, `A port mapping needs \`${spelling.containerPort}\`.`);
    return;
  }
  const name = protocol?.value.toLowerCase() ?? "tcp";
  if (name !== "tcp" && name !== "udp")
    fail(row.findings, "bad-value", protocol ?? row.node, `Kanto maps tcp and udp, not "${name.slice(0, 20)}".`);
  const start = first?.value ?? 0;
  const end = last === null || last.value === 0 ? start : last.value;
  if (end < start)
    fail(row.findings, "bad-value", last?.node ?? row.node, `The range of host ports ends before it begins.`);
  const { place } = row.node;
  const entries: [string, ModelNode][] = [["mode", textNode("ingress", place)]];
  if (address !== null && address.value !== "0.0.0.0") entries.push(["host_ip", address]);
  entries.push(["target", intNode(inside.value, place)]);
  if (start > 0) entries.push(["published", textNode(end > start ? `${start}-${end}` : String(start), place)]);
  entries.push(["protocol", textNode(name, place)]);
  draft.add("ports", mapNode(entries, place));
}
