import type { CheckTarget } from "../../../shared/domain/index.ts";
import type { Rule } from "./rule.ts";
import { balenaRules } from "./rules/balena.ts";
import { deviceFitRules } from "./rules/device-fit.ts";
import { healthRules } from "./rules/health.ts";
import { imageRules } from "./rules/images.ts";
import { kantoRules } from "./rules/kanto.ts";
import { limitRules } from "./rules/limits.ts";
import { logRules } from "./rules/logs.ts";
import { networkRules } from "./rules/networks.ts";
import { particleRules } from "./rules/particle.ts";
import { platformRules } from "./rules/platform.ts";
import { portRules } from "./rules/ports.ts";
import { raspberryPiRules } from "./rules/raspberry-pi.ts";
import { restartRules } from "./rules/restart.ts";
import { rightsRules } from "./rules/rights.ts";
import { secretRules } from "./rules/secrets.ts";
import { storageRules } from "./rules/storage.ts";
import { telemetryosRules } from "./rules/telemetryos.ts";

/** Every rule, in the order of docs/rules.md. */
export const rules: readonly Rule[] = [
  ...imageRules,
  ...limitRules,
  ...restartRules,
  ...storageRules,
  ...portRules,
  ...networkRules,
  ...rightsRules,
  ...secretRules,
  ...healthRules,
  ...logRules,
  ...platformRules,
  ...deviceFitRules,
  ...raspberryPiRules,
  ...balenaRules,
  ...particleRules,
  ...kantoRules,
  ...telemetryosRules,
];

/** The rules that speak of a system. */
export function rulesFor(target: CheckTarget): Rule[] {
  return rules.filter(({ targets }) => targets === undefined || targets.includes(target));
}
