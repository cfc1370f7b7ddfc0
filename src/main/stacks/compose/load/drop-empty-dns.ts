import { at, type MapNode, type ModelNode } from "../node.ts";

/** A model without empty entries in a service's `dns`: `dns: ${DNS}` with no value means the engine's own. */
export function dropEmptyDns(root: MapNode): MapNode {
  const services = at(root, "services");
  if (services?.kind !== "map") return root;
  const entries = [...services.entries].map(([name, service]) => [name, cleaned(service)] as const);
  return { ...root, entries: new Map([...root.entries, ["services", { ...services, entries: new Map(entries) }]]) };
}

function cleaned(service: ModelNode): ModelNode {
  const dns = at(service, "dns");
  if (service.kind !== "map" || dns?.kind !== "list") return service;
  const items = dns.items.filter((item) => item.kind !== "null" && !(item.kind === "text" && item.value === ""));
  return { ...service, entries: new Map([...service.entries, ["dns", { ...dns, items }]]) };
}
