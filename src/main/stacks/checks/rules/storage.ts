import { existsSync } from "node:fs";
import { relative } from "node:path";
import { listAt, mapAt, stringAt } from "../../compose/project/json-value.ts";
import { dataStoreOf } from "../data-stores.ts";
import type { Change, Report, Rule } from "../rule.ts";
import type { CheckedService } from "../subject.ts";

/** True when a path is the other one or lies below it. */
function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder.replace(/\/$/, "")}/`);
}

function isTmpfs(service: CheckedService, dataPath: string): boolean {
  return listAt(service.value, "tmpfs").some(
    (text) => typeof text === "string" && isBelow(dataPath, text.split(":")[0] ?? ""),
  );
}

/** A volume of its own for the data, mounted and declared. */
function keepData({ name }: CheckedService, dataPath: string): Change[] {
  const volume = `${name}-data`;
  return [
    { kind: "append", path: ["services", name, "volumes"], value: `${volume}:${dataPath}` },
    { kind: "set", path: ["volumes", volume], value: null },
  ];
}

export const storageRules: readonly Rule[] = [
  {
    id: "storage.state-not-kept",
    severity: "warning",
    title: "An image that keeps state has no named volume or folder for it: an update or `down` loses the data.",
    source: "https://docs.docker.com/engine/storage/volumes/",
    mends: "mounts and declares a volume `SERVICE-data`",
    // Kanto has folders only, TelemetryOS keeps nothing: their own rules say so.
    targets: ["docker", "balena", "particle"],
    *check({ services, project }): Iterable<Report> {
      for (const service of services) {
        const store = dataStoreOf(service.image);
        if (store === null || isTmpfs(service, store.dataPath)) continue;
        const mounts = service.mounts.filter((mount) => isBelow(store.dataPath, stringAt(mount, "target")));
        const kept = mounts.some((mount) => stringAt(mount, "type") !== "volume" || stringAt(mount, "source") !== "");
        // What somebody mounts inside the data folder is part of it at least; what it leaves out is their choice.
        const inside = service.mounts.some((mount) => isBelow(stringAt(mount, "target"), store.dataPath));
        if (kept || (inside && mounts.length === 0)) continue;
        const isFree = !project.volumes.has(`${service.name}-data`) && mounts.length === 0;
        yield {
          place: mounts.length > 0 ? service.place("volumes") : service.place("image"),
          message:
            mounts.length > 0
              ? `${store.dataPath} of \`${service.name}\` is on a volume without a name: a new container gets a new, empty one.`
              : `\`${service.name}\` keeps its data in ${store.dataPath} inside the container: an update or \`down\` loses it.`,
          hint: `Mount a named volume there: \`${service.name}-data:${store.dataPath}\`.`,
          ...(isFree && { fix: keepData(service, store.dataPath) }),
        };
      }
    },
  },
  {
    id: "storage.bind-missing",
    severity: "warning",
    title: "A bind mount names a path beside the stack that does not exist: the engine makes an empty folder of it.",
    source: "https://docs.docker.com/engine/storage/bind-mounts/",
    targets: ["docker", "particle"],
    *check({ services, project }): Iterable<Report> {
      for (const service of services) {
        for (const [index, mount] of service.mounts.entries()) {
          const source = stringAt(mount, "source");
          // A path outside the stack's folder is one of the device, which may have it.
          const isOwn = stringAt(mount, "type") === "bind" && isBelow(source, project.folder);
          if (!isOwn || existsSync(source)) continue;
          const shown = `./${relative(project.folder, source)}`;
          const refused = mapAt(mount, "bind")?.get("create_host_path") !== true;
          yield {
            place: service.place("volumes", index),
            message: refused
              ? `${shown} does not exist: the engine refuses to start \`${service.name}\`.`
              : `${shown} does not exist: \`${service.name}\` gets an empty folder at ${stringAt(mount, "target")}, even where a file is meant.`,
            hint: "Create it, or correct the path.",
          };
        }
      }
    },
  },
];
