import type { Service } from "../../../shared/domain/index.ts";
import { badValue, type Fields } from "./fields.ts";
import { readText } from "./values.ts";

/** `restart` of a service: no, always, unless-stopped, on-failure or on-failure:N. */
export function readRestart(fields: Fields): Service["restart"] {
  const text = readText(fields, "restart") ?? "no";
  const match = /^on-failure(?::(\d{1,9}))?$/.exec(text);
  if (match !== null) {
    return { policy: "on-failure", maximumRetries: match[1] === undefined ? null : Number(match[1]) };
  }
  if (text === "no" || text === "always" || text === "unless-stopped") return { policy: text, maximumRetries: null };
  const node = fields.get("restart");
  if (node !== null) {
    const hint = 'Write "no", always, unless-stopped, on-failure or on-failure:5.';
    badValue(fields.reading, node, `"${text.slice(0, 40)}" is not a restart policy.`, hint);
  }
  return { policy: "no", maximumRetries: null };
}
