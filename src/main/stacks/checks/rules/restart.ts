import { mapAt, stringAt } from "../../compose/project/json-value.ts";
import type { Report, Rule } from "../rule.ts";

export const restartRules: readonly Rule[] = [
  {
    id: "restart.missing",
    severity: "warning",
    title: "A service has no restart policy: after a crash or a power cut it stays down.",
    source: "https://docs.docker.com/engine/containers/start-containers-automatically/",
    mends: "adds `restart: unless-stopped`",
    // On balena `always` is the default, on Kanto `unless-stopped`; TelemetryOS starts what its playlist needs.
    targets: ["docker", "particle"],
    *check({ services, project }): Iterable<Report> {
      const awaited = new Set(
        [...project.services.values()].flatMap(({ value }) =>
          [...(mapAt(value, "depends_on") ?? [])].flatMap(([name, dependency]) =>
            dependency instanceof Map && stringAt(dependency, "condition") === "service_completed_successfully"
              ? [name]
              : [],
          ),
        ),
      );
      for (const service of services) {
        const isSet = service.wrote("restart") || mapAt(mapAt(service.value, "deploy"), "restart_policy") !== undefined;
        // What others wait for to end must not be started again.
        if (isSet || awaited.has(service.name)) continue;
        yield {
          place: service.place(),
          message: `\`${service.name}\` has no \`restart\`: after a crash or a power cut it stays down.`,
          hint: 'Write `restart: unless-stopped`, or `restart: "no"` when it is meant to run once.',
          fix: [{ kind: "set", path: ["services", service.name, "restart"], value: "unless-stopped" }],
        };
      }
    },
  },
];
