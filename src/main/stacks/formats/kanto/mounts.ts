import { boolNode, type ModelNode, mapNode, textNode } from "../../compose/node.ts";
import { type ServiceDraft, textFor } from "../compose-model.ts";
import { type Fields, fail, warn } from "../fields.ts";
import type { Spelling } from "./spelling.ts";

/** An entry of a template that nobody filled in: Kanto refuses it, and it says nothing. */
function isUnfilled(row: Fields, what: string, ...keys: string[]): boolean {
  if (keys.every((key) => row.text(key) !== null)) return false;
  const hint = "Fill in both paths, or take the entry out.";
  warn(
    row.findings,
    "empty-entry",
    row.node,
    `This ${what} has an empty path: Kanto refuses it, here it is left out.`,
    hint,
  );
  return true;
}

const propagations = ["rprivate", "private", "rshared", "shared", "rslave", "slave"];

/** Folders of the device. Kanto knows no other mounts. */
export function readMounts(fields: Fields, draft: ServiceDraft, spelling: Spelling): void {
  for (const row of fields.rows(spelling.mountPoints)) {
    const propagation = row.text(spelling.propagation);
    if (isUnfilled(row, "mount", "source", "destination")) continue;
    const entries: [string, ModelNode][] = [["type", textNode("bind", row.node.place)]];
    for (const [key, from] of [
      ["source", "source"],
      ["target", "destination"],
    ] as const) {
      const text = row.text(from);
      if (text === null) continue;
      if (!text.value.startsWith("/"))
        fail(row.findings, "bad-path", text, `"${text.value.slice(0, 60)}" is no absolute path.`);
      entries.push([key, text]);
    }
    const options: [string, ModelNode][] = [["create_host_path", boolNode(true, row.node.place)]];
    const mode = propagation?.value.toLowerCase() ?? "rprivate";
    if (propagation !== null && !propagations.includes(mode)) {
      fail(
        row.findings,
        "bad-value",
        propagation,
        `"${propagation.value.slice(0, 40)}" is no propagation mode.`,
        `Kanto knows ${propagations.join(", ")}.`,
      );
    } else if (propagation !== null && mode !== "rprivate") {
      options.push(["propagation", textFor(propagation, mode)]);
      if (spelling.propagation === "propagationMode" && propagation.value !== mode.toUpperCase()) {
        const message = `Over MQTT Kanto takes "${propagation.value}" for RPRIVATE: it understands a propagation mode in upper case only.`;
        warn(row.findings, "lower-case-propagation", propagation, message, `Write ${mode.toUpperCase()}.`);
      }
    }
    entries.push(["bind", mapNode(options, row.node.place)]);
    draft.add("volumes", mapNode(entries, row.node.place));
    row.finish();
  }
}

/** Devices of the host; true when there is one. */
export function readDevices(fields: Fields, draft: ServiceDraft, spelling: Spelling): boolean {
  let hasAny = false;
  for (const row of fields.rows("devices")) {
    const inside = row.text(spelling.pathInContainer);
    const permissions = row.text(spelling.permissions);
    if (isUnfilled(row, "device", spelling.pathOnHost)) continue;
    const source = row.text(spelling.pathOnHost)?.value ?? "";
    if (permissions !== null && !/^[rwm]{1,3}$/.test(permissions.value)) {
      fail(
        row.findings,
        "bad-value",
        permissions,
        `"${permissions.value.slice(0, 20)}" are no permissions.`,
        "Use letters of rwm.",
      );
    }
    draft.add(
      "devices",
      textNode(`${source}:${inside?.value ?? source}:${permissions?.value ?? "rwm"}`, row.node.place),
    );
    hasAny = true;
    row.finish();
  }
  return hasAny;
}
