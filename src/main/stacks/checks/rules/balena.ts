import { at } from "../../compose/node.ts";
import { mapAt, stringAt } from "../../compose/project/json-value.ts";
import type { Change, Report, Rule } from "../rule.ts";
import { type CheckedService, writtenAt } from "../subject.ts";
import { sizeText } from "./limits.ts";
import { lostKeys } from "./lost-keys.ts";

const reference = "https://docs.balena.io/reference/supervisor/docker-compose/";
const targets = ["balena"] as const;

/** What the supervisor drops without a word, where that changes what a service does. */
const dropped = {
  env_file: "its variables are missing inside the container",
  secrets: "the secret is missing inside the container",
  configs: "the config file is missing inside the container",
  links: "only the names of services can be resolved",
  external_links: "these containers cannot be reached by that name",
  volumes_from: "these volumes are missing inside the container",
  logging: "balenaEngine writes to the journal of the device",
  memswap_limit: "swap is left to the engine's default",
  runtime: "the engine's default runtime is used",
  gpus: "write the label `io.balena.features.gpu` instead",
  stdin_open: "the service's input is closed",
} as const;

/** The keys that take over from `deploy.resources.limits`, which the supervisor does not read. */
function ownLimits(service: CheckedService): Change[] {
  const path = ["services", service.name];
  const memory = Number(service.limits?.get("memory") ?? 0);
  const cpus = Number(service.limits?.get("cpus") ?? 0);
  return [
    ...(memory > 0 && !service.value.has("mem_limit")
      ? [{ kind: "set" as const, path: [...path, "mem_limit"], value: sizeText(memory) }]
      : []),
    ...(cpus > 0 && !service.value.has("cpus") ? [{ kind: "set" as const, path: [...path, "cpus"], value: cpus }] : []),
  ];
}

export const balenaRules: readonly Rule[] = [
  {
    id: "balena.deploy-resources",
    severity: "error",
    title: "balena drops `deploy.resources`: the limits that it sets are lost without a word.",
    source: reference,
    mends: "adds `mem_limit` and `cpus` with the same values",
    targets,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        if (service.limits === undefined) continue;
        const fix = ownLimits(service);
        if (fix.length === 0) continue;
        yield {
          place: service.place("deploy", "resources"),
          message: `balena does not read \`deploy\`: \`${service.name}\` runs without these limits.`,
          hint: "Write `mem_limit` and `cpus` in the service itself.",
          fix,
        };
      }
    },
  },
  {
    id: "balena.fractional-memory",
    severity: "error",
    title: "balena reads a memory size with a fraction (`1.5g`) as no limit at all.",
    source: "balena-os/balena-supervisor src/compose/utils.ts (parseMemoryNumber)",
    mends: "writes the same size as a whole number",
    targets,
    *check(subject): Iterable<Report> {
      for (const service of subject.services) {
        for (const key of ["mem_limit", "mem_reservation", "shm_size"]) {
          const node = at(service.node, key);
          if (node === undefined || !service.wrote(key)) continue;
          const written = /^["']?([\d.]+(?: ?[a-zA-Z]+)?)/.exec(writtenAt(subject, node.place))?.[1] ?? "";
          // The supervisor's own pattern, upper case alike; what is no literal cannot be judged here.
          if (written === "" || /^[0-9]+[bkmg]?b?$/i.test(written)) continue;
          const bytes = Number(service.value.get(key) ?? 0);
          const path = ["services", service.name, key];
          yield {
            place: node.place,
            message: `balena reads \`${key}: ${written}\` of \`${service.name}\` as 0, which is no limit.`,
            hint: `Write \`${sizeText(bytes)}\`.`,
            fix: [{ kind: "replace", path, place: node.place, was: written, now: sizeText(bytes) }],
          };
        }
      }
    },
  },
  {
    id: "balena.cpus-update",
    severity: "info",
    title: "balena applies a change of `cpus` only when something else of the service changes, too.",
    source: "balena-os/balena-supervisor src/compose/service.ts (cpus is not compared)",
    targets,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        if (!service.wrote("cpus")) continue;
        yield {
          place: service.place("cpus"),
          message: `An update that changes only \`cpus\` of \`${service.name}\` leaves the old container running with the old limit.`,
          hint: "Restart the service after such an update, or use `cpu_quota`, which is compared.",
        };
      }
    },
  },
  {
    id: "balena.bind-mount",
    severity: "error",
    title: "balena ignores bind mounts; only named volumes and labels give a service files of the device.",
    source: reference,
    targets,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        for (const [index, mount] of service.mounts.entries()) {
          if (stringAt(mount, "type") !== "bind") continue;
          yield {
            place: service.place("volumes", index),
            message: `balena ignores this bind mount: \`${service.name}\` finds nothing of it at ${stringAt(mount, "target")}.`,
            hint: "Copy the files in the Dockerfile, use a named volume, or a label such as `io.balena.features.dbus`.",
          };
        }
      }
    },
  },
  {
    id: "balena.variables",
    severity: "warning",
    title: "balena fills no variables in: what stands behind a `$` arrives as it is written.",
    source: reference,
    targets,
    *check({ lines }): Iterable<Report> {
      for (const [file, texts] of lines) {
        if (!/\.ya?ml$/.test(file)) continue;
        for (const [index, text] of texts.entries()) {
          const code = text.replace(/(?:^|\s)#.*$/, "");
          const match = /(?<!\$)(?:\$\$)*(\$(?:\{[^}]*\}|[A-Za-z_]\w*))/.exec(code);
          if (match?.[1] === undefined) continue;
          const column = match.index + match[0].length - match[1].length + 1;
          yield {
            place: { file, line: index + 1, column },
            message: `balena does not fill ${match[1]} in: the service gets these very letters.`,
            hint: "Write the value, or set it as a variable of the fleet or device in the dashboard.",
          };
        }
      }
    },
  },
  {
    id: "balena.depends-on",
    severity: "warning",
    title: "balena starts services in order, but waits for no health.",
    source: "https://docs.balena.io/learn/develop/multicontainer/",
    targets,
    *check({ services }): Iterable<Report> {
      for (const service of services) {
        for (const [name, dependency] of mapAt(service.value, "depends_on") ?? []) {
          const condition = dependency instanceof Map ? stringAt(dependency, "condition") : "service_started";
          if (condition === "service_started") continue;
          yield {
            place: service.place("depends_on", name),
            message: `balena does not wait for \`${condition}\`: \`${service.name}\` starts as soon as \`${name}\` has been started.`,
            hint: "Let the service itself try again until the other one answers.",
          };
        }
      }
    },
  },
  {
    id: "balena.dropped-key",
    severity: "warning",
    title: "balena drops a key that the service needs.",
    source: reference,
    targets,
    check: (subject) => lostKeys(subject, "balena", dropped),
  },
];
