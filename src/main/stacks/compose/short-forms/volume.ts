import { cleanPath } from "../clean-path.ts";
import { ModelProblem } from "../model-problem.ts";
import { boolNode, type MapNode, type ModelNode, mapNode, type TextNode, textNode } from "../node.ts";

/** A mount as its short form says it. */
export interface ShortVolume {
  type: "bind" | "volume";
  source: string;
  target: string;
  isReadOnly: boolean;
  /** Null when the reference leaves `volume:` away. */
  volume: { nocopy: boolean } | null;
  bind: { propagation: string; selinux: string; createHostPath: boolean } | null;
}

const propagations = ["rprivate", "private", "rshared", "shared", "rslave", "slave"];

/**
 * `[SOURCE:]TARGET[:OPTIONS]` of `volumes`. One letter before a colon is the drive of a Windows path, as in the reference.
 * @throws ModelProblem for an empty part, or more than three.
 */
export function parseVolume(node: TextNode): ShortVolume {
  const spec = node.value;
  const volume: ShortVolume = { type: "volume", source: "", target: "", isReadOnly: false, volume: null, bind: null };
  if (spec === "") throw new ModelProblem("compose.bad-value", "A volume cannot be an empty text.", node.place);
  if (Buffer.byteLength(spec) <= 2) return { ...volume, target: spec };
  const parts = splitAtColons(spec);
  for (const [index, part] of parts.entries()) take(volume, part, index === parts.length - 1, node);
  if (isPath(volume.source)) {
    volume.type = "bind";
    volume.bind = { propagation: "", selinux: "", ...volume.bind, createHostPath: true };
  } else {
    volume.volume ??= { nocopy: false };
  }
  return volume;
}

function splitAtColons(spec: string): string[] {
  const parts: string[] = [];
  let part = "";
  for (const letter of spec) {
    const isDrive = letter === ":" && /^\p{L}$/u.test(part);
    if (letter !== ":" || isDrive) part += letter;
    else {
      parts.push(part);
      part = "";
    }
  }
  return [...parts, part];
}

function take(volume: ShortVolume, part: string, isLast: boolean, node: TextNode): void {
  if (part === "")
    throw new ModelProblem("compose.bad-value", `"${node.value}" has nothing between two colons.`, node.place);
  if (volume.source === "" && isLast) volume.target = part;
  else if (volume.source === "") volume.source = part;
  else if (volume.target === "") volume.target = part;
  else if (!isLast) throw new ModelProblem("compose.bad-value", `"${node.value}" has too many colons.`, node.place);
  else for (const option of part.split(",")) takeOption(volume, option);
}

function takeOption(volume: ShortVolume, option: string): void {
  const bind = (): NonNullable<ShortVolume["bind"]> => {
    volume.bind ??= { propagation: "", selinux: "", createHostPath: false };
    return volume.bind;
  };
  if (option === "ro") volume.isReadOnly = true;
  else if (option === "rw") volume.isReadOnly = false;
  else if (option === "nocopy") volume.volume = { nocopy: true };
  else if (propagations.includes(option)) bind().propagation = option;
  else if (option === "z" || option === "Z") bind().selinux = option;
}

function isPath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith("\\\\") || /^\p{L}:/u.test(source);
}

/** The long form of a short volume. */
export function expandVolume(node: TextNode): MapNode {
  const { type, source, target, isReadOnly, volume, bind } = parseVolume(node);
  const place = node.place;
  const entries: [string, ModelNode][] = [["type", textNode(type, place)]];
  if (source !== "") entries.push(["source", textNode(source, place)]);
  if (target !== "") entries.push(["target", textNode(cleanPath(target), place)]);
  if (isReadOnly) entries.push(["read_only", boolNode(true, place)]);
  if (bind !== null) {
    const options: [string, ModelNode][] = [];
    if (bind.selinux !== "") options.push(["selinux", textNode(bind.selinux, place)]);
    if (bind.propagation !== "") options.push(["propagation", textNode(bind.propagation, place)]);
    if (bind.createHostPath) options.push(["create_host_path", boolNode(true, place)]);
    entries.push(["bind", mapNode(options, place)]);
  }
  if (volume !== null) {
    entries.push(["volume", mapNode(volume.nocopy ? [["nocopy", boolNode(true, place)]] : [], place)]);
  }
  return mapNode(entries, place);
}
