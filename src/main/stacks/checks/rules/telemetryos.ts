import { stringAt } from "../../compose/project/json-value.ts";
import { dataStoreOf } from "../data-stores.ts";
import type { Report, Rule } from "../rule.ts";
import { lostKeys } from "./lost-keys.ts";

const source = "TelemetryOS documentation, Containers (docs.telemetryos.com)";
const targets = ["telemetryos"] as const;

/** `containers[]` documents a name, an image and one port. */
const missing = {
  command: "the image's own command runs",
  entrypoint: "the image's own entrypoint runs",
  environment: "the variables are missing inside the container",
  env_file: "its variables are missing inside the container",
  devices: "the device files are missing inside the container",
  user: "the service runs as its image's user",
  depends_on: "containers start together with their playlist",
  secrets: "the secret is missing inside the container",
  configs: "the config file is missing inside the container",
} as const;

export const telemetryosRules: readonly Rule[] = [
  {
    id: "telemetryos.no-storage",
    severity: "error",
    title: "TelemetryOS keeps no data of containers: it is gone when the playlist is loaded again.",
    source,
    targets,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        const index = service.mounts.findIndex((mount) => stringAt(mount, "type") !== "tmpfs");
        const store = dataStoreOf(service.image);
        if (index === -1 && store === null) continue;
        const path = stringAt(service.mounts[index], "target") || store?.dataPath;
        const isRead = service.mounts[index]?.get("read_only") === true;
        yield {
          place: index === -1 ? service.place("image") : service.place("volumes", index),
          message: isRead
            ? `TelemetryOS mounts nothing: \`${service.name}\` finds no files at ${path}.`
            : `TelemetryOS keeps nothing: what \`${service.name}\` writes to ${path} is gone when its playlist is loaded again.`,
          hint: isRead
            ? "Copy the files in the Dockerfile."
            : "Keep the data outside the device, or plan to begin empty each time.",
        };
      }
    },
  },
  {
    id: "telemetryos.no-limits",
    severity: "warning",
    title: "TelemetryOS documents no field for limits: a container may take all of the device.",
    source,
    targets,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        if (service.memoryLimit === null && service.cpuLimit === null) continue;
        const key = ["mem_limit", "cpus", "deploy"].find((name) => service.wrote(name)) ?? "mem_limit";
        yield {
          place: service.place(key),
          message: `TelemetryOS documents no limits: \`${service.name}\` may take all memory and CPU of the device.`,
          hint: "Bound it inside the image (heap size, number of workers), and profile the stack for the device.",
        };
      }
    },
  },
  {
    id: "telemetryos.unbounded",
    severity: "info",
    title: "Nothing bounds a container of TelemetryOS: measure the stack against the device before it is deployed.",
    source,
    targets,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        // Who wrote a limit is told that it does not count there.
        if (service.memoryLimit !== null || service.cpuLimit !== null) continue;
        yield {
          place: service.place(),
          message: `Nothing bounds \`${service.name}\` on a device with TelemetryOS: it may take all memory and CPU.`,
          hint: "`bayplan profile FILE --device MODEL` measures what the stack needs.",
        };
      }
    },
  },
  {
    id: "telemetryos.one-port",
    severity: "warning",
    title: "A container of TelemetryOS has one port.",
    source,
    targets,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        if (service.ports.length < 2) continue;
        yield {
          place: service.place("ports", 1),
          message: `A container of TelemetryOS has one port: \`${service.name}\` can be reached at the first of its ${service.ports.length} only.`,
          hint: "Serve everything at one port, or make two containers.",
        };
      }
    },
  },
  {
    id: "telemetryos.build",
    severity: "error",
    title: "TelemetryOS takes images that are public or preloaded; it builds none.",
    source,
    targets,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        if (!service.wrote("build")) continue;
        yield {
          place: service.place("build"),
          message: `TelemetryOS builds nothing: \`${service.name}\` needs an image that is public or preloaded.`,
          hint: "Push the image and name it with `image`.",
        };
      }
    },
  },
  {
    id: "telemetryos.dropped-key",
    severity: "warning",
    title: "TelemetryOS documents no field for a key that the service needs.",
    source,
    targets,
    check: (subject) => lostKeys(subject, "TelemetryOS", missing),
  },
];
