import type { Service } from "../../shared/domain/index.ts";
import { hidden, loginInAddress, secretName } from "./hide-secrets.ts";

/** Shorter ones would hide half of what is printed. */
const leastCharacters = 4;
const noSecret = /^(?:true|false|yes|no|none|null|default|\d{1,5}|\/.*)$/i;
const keyedValue =
  /\b([\w.-]*(?:PASS|PWD|SECRET|TOKEN|API_?KEY|CREDENTIAL)[\w.-]*["']?\s*[=:]\s*["']?)([^\s"',;&]{4,})/gi;

/**
 * Hides secrets in what services print: the values of their variables whose names look like secrets, the passwords in
 * addresses, and what stands behind such a name.
 */
export function hideInLogs(services: readonly Service[]): (text: string) => string {
  const secrets = [...new Set(services.flatMap(secretsOf))].sort((a, b) => b.length - a.length);
  return (text) => {
    let shown = text;
    for (const secret of secrets) if (shown.includes(secret)) shown = shown.replaceAll(secret, hidden);
    return shown
      .replace(loginInAddress, (_, start: string) => start + hidden)
      .replace(keyedValue, (_, start: string) => start + hidden);
  };
}

function secretsOf({ environment, files }: Service): string[] {
  const values = Object.entries(environment).flatMap(([name, value]) =>
    secretName.test(name) && !/_FILE$/i.test(name) ? [value] : [],
  );
  const texts = files.flatMap(({ kind, source }) => (kind === "secret" && source.from === "text" ? [source.text] : []));
  return [...values, ...texts]
    .flatMap((value) => value.split("\n"))
    .map((line) => line.trim())
    .filter((line) => line.length >= leastCharacters && !noSecret.test(line));
}
