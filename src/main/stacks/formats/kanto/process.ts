import { listNode, type ModelNode, mapNode, textNode } from "../../compose/node.ts";
import { inPlaceOf, type ServiceDraft } from "../compose-model.ts";
import { type Fields, type Findings, fail, warn } from "../fields.ts";

/** `NAME=value` of the environment; a name alone sets nothing. */
export function readEnvironment(fields: Fields, draft: ServiceDraft): void {
  for (const text of fields.texts("env")) {
    const [, name, value] = /^([a-zA-Z_][a-zA-Z0-9_]*)(?:=([\s\S]*))?$/.exec(text.value) ?? [];
    if (name === undefined) {
      fail(
        fields.findings,
        "bad-value",
        text,
        `Kanto takes no variable like "${text.value.split("=")[0]?.slice(0, 40)}".`,
        "Write NAME=value; names have letters, digits and underscores.",
      );
    } else if (value === undefined) {
      warn(
        fields.findings,
        "empty-entry",
        text,
        `The variable ${name} has no value, so it is not set.`,
        `Write ${name}=value.`,
      );
    } else {
      draft.put("environment", name, textNode(value, text.place));
    }
  }
}

/** The words that the container is started with, instead of the image's own. */
export function readCommand(fields: Fields, draft: ServiceDraft): void {
  const list = fields.listNode("cmd");
  if (list !== null) draft.set("command", inPlaceOf(list, listNode(fields.texts("cmd"), list.place)));
}

/** Log rotation as Compose's `logging`. */
export function setLogging(
  findings: Findings,
  draft: ServiceDraft,
  { type, files, size, at }: { type: string; files: number | null; size: string | null; at: ModelNode },
): void {
  const driver = type.toLowerCase().replaceAll("_", "-");
  if (driver !== "json-file" && driver !== "none") {
    fail(findings, "bad-value", at, `"${type.slice(0, 40)}" is no log type of Kanto.`, "Use json-file or none.");
    return;
  }
  const options: [string, ModelNode][] = [];
  if (driver === "json-file" && files !== null) options.push(["max-file", textNode(String(files), at.place)]);
  if (driver === "json-file" && size !== null) options.push(["max-size", textNode(size.toLowerCase(), at.place)]);
  const entries: [string, ModelNode][] = [["driver", textNode(driver, at.place)]];
  if (options.length > 0) entries.push(["options", mapNode(options, at.place)]);
  draft.set("logging", inPlaceOf(at, mapNode(entries, at.place)));
}
