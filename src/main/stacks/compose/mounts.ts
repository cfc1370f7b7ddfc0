import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, resolve } from "node:path";
import type { Mount } from "../../../shared/domain/index.ts";
import { parseByteSize } from "./byte-size.ts";
import { badValue, Fields, fieldsOf, wrongType } from "./fields.ts";
import type { Reading } from "./reading.ts";
import type { MapNode, TreeNode } from "./tree.ts";
import { readBytes, readFlag, readText, textOf, textsOf } from "./values.ts";

/** A mount with the node it comes from, so that a later check can point at it. */
export interface PlacedMount {
  mount: Mount;
  node: TreeNode;
}

/** Modes that change nothing on Linux: the default, and hints for Docker Desktop's file sharing. */
const harmlessModes = ["rw", "cached", "delegated", "consistent"];

function isPath(source: string): boolean {
  return /^(?:[./~]|[A-Za-z]:[\\/])/.test(source);
}

function absolute(source: string, folder: string): string {
  if (source === "~" || source.startsWith("~/")) return resolve(homedir(), source.slice(2));
  return isAbsolute(source) || /^[A-Za-z]:[\\/]/.test(source) ? source : resolve(folder, source);
}

/** Splits `source:target:mode`, where a source may begin with a drive letter. */
function splitVolume(text: string): string[] {
  // `d:/data` is the volume d; a drive shows itself by its backslash, or by the target that follows.
  const drive = /^[A-Za-z]:(?:\\|\/[^:]*:\/)/.test(text) ? text.slice(0, 2) : "";
  const [first = "", ...rest] = text.slice(drive.length).split(":");
  return [drive + first, ...rest];
}

function readShortVolume(reading: Reading, node: TreeNode, text: string, owner: string): Mount | null {
  const parts = splitVolume(text);
  const [first = "", second, modes, ...more] = parts;
  const target = second ?? first;
  if (!target.startsWith("/") || first === "" || more.length > 0) {
    const hint = "Write it like data:/var/lib/data, ./config:/etc/app:ro or /var/cache.";
    badValue(reading, node, `"${text.slice(0, 80)}" is not a volume of ${owner}.`, hint);
    return null;
  }
  const modeList = (modes ?? "").split(",").filter((mode) => mode !== "");
  for (const mode of modeList.filter((other) => other !== "ro" && !harmlessModes.includes(other))) {
    reading.warn("compose.unsupported-key", node.place, `The mode \`${mode}\` of a volume of ${owner} is not applied.`);
  }
  const mount = { target, readOnly: modeList.includes("ro"), tmpfsBytes: null };
  if (second === undefined) return { ...mount, kind: "volume", source: null };
  if (!isPath(first)) return { ...mount, kind: "volume", source: first };
  return { ...mount, kind: "bind", source: absolute(first, reading.folder) };
}

function readLongVolume(reading: Reading, node: MapNode, owner: string): Mount | null {
  const fields = new Fields(reading, node, `a volume of ${owner}`);
  const kind = readText(fields, "type") ?? "volume";
  const source = readText(fields, "source");
  const target = readText(fields, "target");
  const readOnly = readFlag(fields, "read_only", false);
  // Read so that their keys are checked: creating the folder is what the engine does anyway.
  readSubKeys(fields, "bind", (bind) => readFlag(bind, "create_host_path", true));
  readSubKeys(fields, "volume", () => undefined);
  let tmpfsBytes: number | null = null;
  readSubKeys(fields, "tmpfs", (tmpfs) => {
    tmpfsBytes = readBytes(tmpfs, "size");
  });
  fields.get("consistency");
  fields.finish();
  if (target === null) {
    badValue(reading, node, `a volume of ${owner} has no \`target\`.`);
  } else if (kind === "tmpfs") {
    return { kind, source: null, target, readOnly, tmpfsBytes };
  } else if (kind === "volume") {
    return { kind, source, target, readOnly, tmpfsBytes: null };
  } else if (kind === "bind" && source !== null) {
    return { kind, source: absolute(source, reading.folder), target, readOnly, tmpfsBytes: null };
  } else if (kind === "bind") {
    badValue(reading, node, `a bind of ${owner} has no \`source\`.`);
  } else {
    badValue(reading, node, `the volume type "${kind}" of ${owner} is not supported.`, "Use volume, bind or tmpfs.");
  }
  return null;
}

function readSubKeys(fields: Fields, key: string, read: (sub: Fields) => unknown): void {
  const node = fields.get(key);
  const sub = node === null ? null : fieldsOf(fields.reading, node, `\`${key}\` in ${fields.owner}`);
  if (sub === null) return;
  read(sub);
  sub.finish();
}

/** `volumes` of a service: named, bind (relative paths start at the file's folder), anonymous and tmpfs. */
export function readVolumes(fields: Fields): PlacedMount[] {
  const { reading, owner } = fields;
  const node = fields.get("volumes");
  if (node === null) return [];
  if (node.kind !== "list") {
    wrongType(reading, node, `\`volumes\` of ${owner}`, "a list");
    return [];
  }
  return node.items.flatMap((item) => {
    const text = item.kind === "map" ? null : textOf(reading, item, `an entry of \`volumes\` of ${owner}`);
    const isLong = item.kind === "map";
    const mount = isLong ? readLongVolume(reading, item, owner) : text && readShortVolume(reading, item, text, owner);
    if (!mount) return [];
    if (mount.kind === "bind" && mount.source !== null && !existsSync(mount.source)) {
      const message = `${mount.source} does not exist: the engine puts an empty folder at ${mount.target}.`;
      reading.warn("compose.missing-bind", item.place, message, "Create it, or correct the path.");
    }
    return [{ mount, node: item }];
  });
}

/** `tmpfs` of a service: `/run`, or `/tmp:size=64m`. */
export function readTmpfs(fields: Fields): PlacedMount[] {
  const { reading, owner } = fields;
  const node = fields.get("tmpfs");
  if (node === null) return [];
  const what = `\`tmpfs\` of ${owner}`;
  const texts = node.kind === "list" ? textsOf(reading, node, what) : [textOf(reading, node, what) ?? ""];
  return texts.flatMap((text) => {
    const [target = "", options = ""] = text.split(":", 2);
    if (!target.startsWith("/")) {
      if (text !== "") badValue(reading, node, `"${text.slice(0, 60)}" in ${what} is not an absolute path.`);
      return [];
    }
    let tmpfsBytes: number | null = null;
    for (const option of options.split(",").filter((other) => other !== "")) {
      if (option.startsWith("size=")) {
        tmpfsBytes = parseByteSize(option.slice("size=".length));
        if (tmpfsBytes === null) badValue(reading, node, `"${option}" in ${what} is not a size.`);
      } else reading.warn("compose.unsupported-key", node.place, `The option \`${option}\` in ${what} is not applied.`);
    }
    return [
      { mount: { kind: "tmpfs", source: null, target, readOnly: options.split(",").includes("ro"), tmpfsBytes }, node },
    ];
  });
}
