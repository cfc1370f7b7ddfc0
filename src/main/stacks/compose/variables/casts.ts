import type { Place } from "../../../../shared/domain/index.ts";
import { boolNode, intNode, type ScalarNode } from "../node.ts";
import { PatternTable } from "../path-pattern.ts";

type Kind = "whole number" | "number" | "true or false";

/** A text in these places is meant as a number or a flag: in YAML everything that holds a variable is a text. */
const casts = new PatternTable<Kind>({
  "services.*.configs.[].mode": "whole number",
  "services.*.cpu_count": "whole number",
  "services.*.cpu_percent": "number",
  "services.*.cpu_period": "whole number",
  "services.*.cpu_quota": "whole number",
  "services.*.cpu_rt_period": "whole number",
  "services.*.cpu_rt_runtime": "whole number",
  "services.*.cpus": "number",
  "services.*.cpu_shares": "whole number",
  "services.*.init": "true or false",
  "services.*.deploy.replicas": "whole number",
  "services.*.deploy.update_config.parallelism": "whole number",
  "services.*.deploy.update_config.max_failure_ratio": "number",
  "services.*.deploy.rollback_config.parallelism": "whole number",
  "services.*.deploy.rollback_config.max_failure_ratio": "number",
  "services.*.deploy.restart_policy.max_attempts": "whole number",
  "services.*.deploy.placement.max_replicas_per_node": "whole number",
  "services.*.healthcheck.retries": "whole number",
  "services.*.healthcheck.disable": "true or false",
  "services.*.oom_kill_disable": "true or false",
  "services.*.oom_score_adj": "whole number",
  "services.*.pids_limit": "whole number",
  "services.*.ports.[].target": "whole number",
  "services.*.privileged": "true or false",
  "services.*.read_only": "true or false",
  "services.*.scale": "whole number",
  "services.*.secrets.[].mode": "whole number",
  "services.*.stdin_open": "true or false",
  "services.*.tty": "true or false",
  "services.*.ulimits.*": "whole number",
  "services.*.ulimits.*.hard": "whole number",
  "services.*.ulimits.*.soft": "whole number",
  "services.*.volumes.[].read_only": "true or false",
  "services.*.volumes.[].volume.nocopy": "true or false",
  "networks.*.external": "true or false",
  "networks.*.internal": "true or false",
  "networks.*.attachable": "true or false",
  "networks.*.enable_ipv4": "true or false",
  "networks.*.enable_ipv6": "true or false",
  "volumes.*.external": "true or false",
  "secrets.*.external": "true or false",
  "configs.*.external": "true or false",
});

/** What a text at this path is meant as, when that is no text. */
export function castAt(path: readonly string[]): Kind | undefined {
  return casts.find(path);
}

/** The text as that kind, or null when it is none. */
export function castText(kind: Kind, text: string, place: Place): ScalarNode | null {
  if (kind === "whole number") {
    const value = wholeNumber(text);
    return value === null ? null : intNode(value, place);
  }
  if (kind === "number") {
    const value = decimalNumber(text);
    return value === null ? null : { kind: "float", value, place };
  }
  const flag = readFlag(text);
  return flag === null ? null : boolNode(flag, place);
}

/** A decimal whole number of 64 bits, with a sign or without; null for anything else. */
export function wholeNumber(text: string): bigint | null {
  if (!/^[-+]?[0-9]+$/.test(text)) return null;
  const value = BigInt(text.replace(/^\+/, ""));
  return value >= -(2n ** 63n) && value < 2n ** 63n ? value : null;
}

/** A decimal number, with an exponent or without; null for anything else. */
export function decimalNumber(text: string): number | null {
  if (!/^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** `true`, `yes`, `y`, `on` and their opposites in any case; null for anything else. */
export function readFlag(text: string): boolean | null {
  const word = text.toLowerCase();
  if (["true", "y", "yes", "on"].includes(word)) return true;
  return ["false", "n", "no", "off"].includes(word) ? false : null;
}
