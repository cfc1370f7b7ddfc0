import { type ModelNode, textNode } from "../../compose/node.ts";
import type { ServiceDraft } from "../compose-model.ts";

/** Labels of a service, whichever form they stand in. */
export function labelsOf(draft: ServiceDraft): Map<string, ModelNode> {
  const labels = draft.get("labels");
  if (labels?.kind === "map") return labels.entries;
  const found = new Map<string, ModelNode>();
  for (const item of labels?.kind === "list" ? labels.items : []) {
    if (item.kind !== "text") continue;
    const [name = "", ...value] = item.value.split("=");
    found.set(name, { ...item, value: value.join("=") });
  }
  return found;
}

/** The variables that say the same on every device; what a service sets itself counts more. */
export function setEnvironment(draft: ServiceDraft, project: string): void {
  const environment = draft.get("environment");
  const known = new Map<string, string>([
    ["BALENA", "1"],
    ["RESIN", "1"],
    ["USER", "root"],
    ...["BALENA", "RESIN"].flatMap((prefix): [string, string][] => [
      [`${prefix}_APP_NAME`, project],
      [`${prefix}_SERVICE_NAME`, draft.name],
      [`${prefix}_APP_LOCK_PATH`, "/tmp/balena/updates.lock"],
      [`${prefix}_SERVICE_HANDOVER_COMPLETE_PATH`, "/tmp/balena/handover-complete"],
    ]),
  ]);
  const written =
    environment?.kind === "list"
      ? environment.items.flatMap((item) => (item.kind === "text" ? [item.value.split("=")[0]] : []))
      : [];
  for (const [name, value] of known) {
    if (environment?.kind === "list") {
      if (!written.includes(name)) environment.items.push(textNode(`${name}=${value}`, draft.place));
    } else if (environment?.kind !== "map" || !environment.entries.has(name))
      draft.put("environment", name, textNode(value, draft.place));
  }
}
