import { existsSync } from "node:fs";
import type { Mount, Place } from "../../../../shared/domain/index.ts";
import { ModelProblem, type Remark } from "../model-problem.ts";
import { at, keyOrPlace } from "../node.ts";
import { parseByteSize } from "../project/byte-size.ts";
import { type JsonMap, listAt, mapAt, stringAt } from "../project/json-value.ts";
import type { ProjectService } from "../project/project.ts";

/** `volumes` and `tmpfs` of a service. A bind of a path that is not there is a remark. */
export function readMounts(service: ProjectService, remark: Remark): Mount[] {
  const nodes = at(service.node, "volumes");
  const mounts = listAt(service.value, "volumes").flatMap((mount, index): Mount[] => {
    const node = nodes?.kind === "list" ? nodes.items[index] : undefined;
    const place = node?.place ?? keyOrPlace(service.node);
    if (!(mount instanceof Map)) return [];
    const read = readMount(service, mount, place);
    if (read.kind === "bind" && read.source !== null && !existsSync(read.source)) {
      const what = read.mustExist === true ? "refuses to start it" : `puts an empty folder at ${read.target}`;
      const message = `${read.source} does not exist: the engine ${what}.`;
      const hint = "Create it, or correct the path.";
      remark({ rule: "compose.missing-bind", severity: "warning", message, place, hint });
    }
    return [read];
  });
  return [...mounts, ...readTmpfs(service)];
}

function readMount(service: ProjectService, mount: JsonMap, place: Place): Mount {
  const kind = stringAt(mount, "type");
  const source = stringAt(mount, "source") || null;
  const target = stringAt(mount, "target");
  if (!target.startsWith("/")) {
    const message = `A volume of service \`${service.name}\` has the target "${target.slice(0, 60)}", which is no absolute path.`;
    const hint =
      "One letter before a colon is read as a drive: write such a volume with `type`, `source` and `target`.";
    throw new ModelProblem("compose.bad-value", message, place, /^[a-zA-Z]:/.test(target) ? hint : null);
  }
  if (kind !== "volume" && kind !== "bind" && kind !== "tmpfs") {
    const message = `The volume type "${kind.slice(0, 40)}" of service \`${service.name}\` is not supported.`;
    throw new ModelProblem("compose.bad-value", message, place, "Use volume, bind or tmpfs.");
  }
  const tmpfs = mapAt(mount, "tmpfs");
  const size = Number(tmpfs?.get("size") ?? 0);
  const mode = tmpfs?.get("mode");
  const bind = mapAt(mount, "bind");
  const mustExist = kind === "bind" && bind?.get("create_host_path") !== true;
  const propagation = bind === undefined ? "" : stringAt(bind, "propagation");
  const selinux = bind === undefined ? "" : stringAt(bind, "selinux");
  return {
    kind,
    source: kind === "tmpfs" ? null : source,
    target,
    readOnly: mount.get("read_only") === true,
    tmpfsBytes: kind === "tmpfs" && size > 0 ? size : null,
    ...(mustExist && { mustExist }),
    ...(propagation === "" ? {} : { propagation }),
    ...(selinux === "z" || selinux === "Z" ? { selinux } : {}),
    ...(mapAt(mount, "volume")?.get("nocopy") === true ? { noCopy: true } : {}),
    ...(kind === "tmpfs" && mode !== undefined && mode !== null ? { tmpfsMode: Number(mode) } : {}),
  };
}

/** `tmpfs`: `/run`, or `/tmp:size=64m,mode=1777`. */
function readTmpfs(service: ProjectService): Mount[] {
  const node = at(service.node, "tmpfs");
  const place = node?.place ?? keyOrPlace(service.node);
  const what = `\`tmpfs\` of service \`${service.name}\``;
  return listAt(service.value, "tmpfs").flatMap((text): Mount[] => {
    if (typeof text !== "string" || text === "") return [];
    const [target = "", optionText = ""] = text.split(":", 2);
    if (!target.startsWith("/")) {
      throw new ModelProblem("compose.bad-value", `"${text.slice(0, 60)}" in ${what} is not an absolute path.`, place);
    }
    const options = optionText.split(",").filter((option) => option !== "");
    let tmpfsBytes: number | null = null;
    const tmpfsOptions: string[] = [];
    for (const option of options) {
      if (option === "ro" || option === "rw") continue;
      if (!option.startsWith("size=")) {
        // The engine knows them, and refuses what is none.
        tmpfsOptions.push(option);
        continue;
      }
      const size = parseByteSize(option.slice("size=".length));
      if (size === null) throw new ModelProblem("compose.bad-value", `"${option}" in ${what} is not a size.`, place);
      tmpfsBytes = Number(size);
    }
    const more = tmpfsOptions.length === 0 ? {} : { tmpfsOptions };
    return [{ kind: "tmpfs", source: null, target, readOnly: options.includes("ro"), tmpfsBytes, ...more }];
  });
}
