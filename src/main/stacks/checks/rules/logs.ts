import { mapAt, stringAt } from "../../compose/project/json-value.ts";
import type { Change, Report, Rule } from "../rule.ts";

export const logRules: readonly Rule[] = [
  {
    id: "logs.no-rotation",
    severity: "warning",
    title: "Logs have no bound: they fill the device's disk.",
    source: "https://docs.docker.com/engine/logging/drivers/json-file/",
    mends: "adds the driver json-file with three files of 10 MB",
    // balenaEngine writes to the journal, Kanto rotates by itself.
    targets: ["docker", "particle"],
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        const logging = mapAt(service.value, "logging");
        const driver = stringAt(logging, "driver");
        const options = mapAt(logging, "options");
        if ((driver !== "" && driver !== "json-file") || options?.has("max-size") === true) continue;
        const path = ["services", service.name, "logging"];
        const fix: Change[] = [
          ...(driver === "" ? [{ kind: "set" as const, path: [...path, "driver"], value: "json-file" }] : []),
          { kind: "set", path: [...path, "options", "max-size"], value: "10m" },
          ...(options?.has("max-file") === true
            ? []
            : [{ kind: "set" as const, path: [...path, "options", "max-file"], value: "3" }]),
        ];
        yield {
          place: service.place("logging"),
          message: `The log of \`${service.name}\` grows without bound, until the disk is full, unless the device's engine is set otherwise.`,
          hint: "Set `max-size` and `max-file` of the driver json-file, or use the driver `local`.",
          fix,
        };
      }
    },
  },
];
