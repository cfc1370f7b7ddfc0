import type { Service, Substitution } from "../../../shared/domain/index.ts";
import type { LocalStandIns, Step } from "./local-stand-ins.ts";

/** Variables of `local`: those for every service, then those of a service. The file's own count less. */
export function standInEnvironment(services: readonly Service[], from: LocalStandIns): Step {
  const substitutions: Substitution[] = [];
  const change = (service: Service): Service => {
    const own = Object.hasOwn(from.local.services, service.name) ? from.local.services[service.name]?.environment : {};
    const environment = { ...service.environment, ...from.local.environment, ...own };
    const told = (name: string, ...path: string[]) =>
      substitutions.push({
        kind: "environment",
        service: service.name,
        what: name,
        instead: "set by bayplan.yaml",
        place: from.placeOf(...path, name),
      });
    for (const name of Object.keys(from.local.environment)) {
      if (own === undefined || !Object.hasOwn(own, name)) told(name, "environment");
    }
    for (const name of Object.keys(own ?? {})) told(name, "services", service.name, "environment");
    return { ...service, environment };
  };
  return { services: services.map(change), substitutions };
}
