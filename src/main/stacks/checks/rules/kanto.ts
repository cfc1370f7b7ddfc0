import { at } from "../../compose/node.ts";
import { mapAt, stringAt } from "../../compose/project/json-value.ts";
import { fullImageName } from "../image-reference.ts";
import type { Report, Rule } from "../rule.ts";
import { writtenAt } from "../subject.ts";
import { lostKeys } from "./lost-keys.ts";

const config = "https://eclipse.dev/kanto/docs/references/containers/container-config/";
const validation = "eclipse-kanto/container-management containerm/util/containers_validation.go";
const targets = ["kanto"] as const;

/** What a container of Kanto has no field for, where that changes what a service does. */
const missing = {
  entrypoint: "the image's own entrypoint runs",
  user: "the service runs as its image's user",
  working_dir: "the service starts in its image's folder",
  healthcheck: "nobody sees when the service hangs",
  depends_on: "services start in any order",
  tmpfs: "the path is on the container's own layer",
  secrets: "the secret is missing inside the container",
  configs: "the config file is missing inside the container",
  read_only: "the service can write to its own files",
  cap_drop: "the service keeps the default capabilities",
  security_opt: "the default security settings apply",
  sysctls: "kernel parameters stay as they are",
  ulimits: "the default limits apply",
  shm_size: "/dev/shm has its default size",
} as const;

export const kantoRules: readonly Rule[] = [
  {
    id: "kanto.no-cpu-limit",
    severity: "warning",
    title: "Kanto has no CPU limit.",
    source: config,
    targets,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        if (service.cpuLimit === null) continue;
        const key = ["cpus", "cpu_quota", "deploy"].find((name) => service.wrote(name)) ?? "cpus";
        yield {
          place: service.place(key),
          message: `Kanto has no CPU limit: \`${service.name}\` may take every core of the device.`,
          hint: "Make the program itself hold back, and profile the stack without this limit.",
        };
      }
    },
  },
  {
    id: "kanto.named-volume",
    severity: "error",
    title: "Kanto has no named volumes, only folders of the device.",
    source: config,
    targets,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        for (const [index, mount] of service.mounts.entries()) {
          if (stringAt(mount, "type") !== "volume") continue;
          yield {
            place: service.place("volumes", index),
            message: `Kanto has no named volumes: what \`${service.name}\` writes to ${stringAt(mount, "target")} is lost with its container.`,
            hint: "Mount a folder of the device: `/var/lib/NAME:/data`.",
          };
        }
      }
    },
  },
  {
    id: "kanto.image-host",
    severity: "error",
    title: "Kanto wants an image's full name, with its registry.",
    source: "https://eclipse.dev/kanto/docs/references/containers/container-config/",
    mends: "writes the name in full",
    targets,
    *check(subject): Iterable<Report> {
      for (const service of subject.services) {
        const was = service.text("image");
        if (was === "" || service.image?.host !== null || service.wrote("build")) continue;
        if (/^(?:index\.)?docker\.io\//.test(was)) continue;
        const now = fullImageName(was);
        const place = service.place("image");
        const value = at(service.node, "image")?.place ?? null;
        const isLiteral = value !== null && !writtenAt(subject, value).includes("$");
        yield {
          place,
          message: `Kanto does not know where \`${was}\` of \`${service.name}\` comes from: it has no default registry.`,
          hint: `Write \`${now}\`.`,
          ...(isLiteral && {
            fix: [{ kind: "replace", path: ["services", service.name, "image"], place: value, was, now }],
          }),
        };
      }
    },
  },
  {
    id: "kanto.privileged",
    severity: "error",
    title: "Kanto refuses a privileged container with devices or capabilities of its own.",
    source: validation,
    targets,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        const key = ["devices", "cap_add"].find((name) => service.wrote(name));
        if (service.value.get("privileged") !== true || key === undefined) continue;
        yield {
          place: service.place(key),
          message: `Kanto refuses \`${service.name}\`: \`privileged\` and \`${key}\` exclude each other there.`,
          hint: "Leave out `privileged`.",
        };
      }
    },
  },
  {
    id: "kanto.own-network",
    severity: "warning",
    title: "Kanto has one bridge for all containers: no networks of a stack, no names of services.",
    source: config,
    targets,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        const own = [...(mapAt(service.value, "networks")?.keys() ?? [])].find((name) => name !== "default");
        if (own === undefined) continue;
        yield {
          place: service.place("networks"),
          message: `Kanto has no network \`${own}\`: \`${service.name}\` is on the one bridge that all containers share.`,
          hint: "Name the others in `extra_hosts`, or let them find each other through the broker of the device.",
        };
      }
    },
  },
  {
    id: "kanto.dropped-key",
    severity: "warning",
    title: "Kanto has no field for a key that the service needs.",
    source: config,
    targets,
    check: (subject) => lostKeys(subject, "Kanto", missing),
  },
];
