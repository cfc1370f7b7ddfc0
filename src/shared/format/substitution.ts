import type { Substitution } from "../domain/index.ts";

/** `gps: /dev/ttyUSB0 is /dev/null`. */
export function substitutionText({ service, what, instead }: Substitution): string {
  return `${service ?? "every service"}: ${what} is ${instead}`;
}
