import { listAt, mapAt, stringAt } from "../../compose/project/json-value.ts";
import type { Report, Rule } from "../rule.ts";
import type { CheckedService, CheckSubject } from "../subject.ts";
import { dockerfileOf } from "./rights.ts";

interface Waiting {
  service: CheckedService;
  other: CheckedService;
}

/** Who waits for whom to be healthy. */
function* waiting({ services }: CheckSubject): Iterable<Waiting> {
  const byName = new Map(services.map((service) => [service.name, service]));
  for (const service of services) {
    for (const [name, dependency] of mapAt(service.value, "depends_on") ?? []) {
      const other = byName.get(name);
      if (other === undefined || !(dependency instanceof Map)) continue;
      if (stringAt(dependency, "condition") === "service_healthy") yield { service, other };
    }
  }
}

function isDisabled(service: CheckedService): boolean {
  const check = mapAt(service.value, "healthcheck");
  return check?.get("disable") === true || listAt(check, "test")[0] === "NONE";
}

function hasTest(service: CheckedService): boolean {
  return listAt(mapAt(service.value, "healthcheck"), "test").length > 0;
}

const startupOrder = "https://docs.docker.com/compose/how-tos/startup-order/";

export const healthRules: readonly Rule[] = [
  {
    id: "health.no-check",
    severity: "warning",
    title: "A service is waited for until it is healthy, but has no healthcheck in the file.",
    source: startupOrder,
    targets: ["docker", "particle"],
    *check(subject): Iterable<Report> {
      for (const { service, other } of waiting(subject)) {
        if (
          hasTest(other) ||
          isDisabled(other) ||
          /^\s*HEALTHCHECK\s/im.test(dockerfileOf(other, subject.project.folder) ?? "")
        )
          continue;
        yield {
          place: service.place("depends_on", other.name),
          message: `\`${service.name}\` waits until \`${other.name}\` is healthy, which has no healthcheck: unless its image brings one, the start fails.`,
          hint: `Give \`${other.name}\` a \`healthcheck\`, or wait for \`service_started\`.`,
        };
      }
    },
  },
  {
    id: "health.disabled",
    severity: "error",
    title: "A service is waited for until it is healthy, but its healthcheck is switched off.",
    source: startupOrder,
    targets: ["docker", "particle"],
    *check(subject): Iterable<Report> {
      for (const { service, other } of waiting(subject)) {
        if (!isDisabled(other)) continue;
        yield {
          place: service.place("depends_on", other.name),
          message: `\`${service.name}\` waits until \`${other.name}\` is healthy, whose healthcheck is switched off: the start fails.`,
          hint: `Switch the healthcheck of \`${other.name}\` on, or wait for \`service_started\`.`,
        };
      }
    },
  },
];
