import { boolNode, type ModelNode, mapNode, type TextNode, textNode } from "../../compose/node.ts";
import { parseByteSize } from "../../compose/project/byte-size.ts";
import { fail, warn } from "../fields.ts";
import type { RunCommand } from "./options.ts";

interface MountDraft {
  type: "bind" | "volume" | "tmpfs";
  source: string;
  target: string;
  isReadOnly: boolean;
  propagation: string;
  selinux: string;
  noCopy: boolean;
  tmpfsBytes: number | null;
}

const none: MountDraft = {
  type: "volume",
  source: "",
  target: "",
  isReadOnly: false,
  propagation: "",
  selinux: "",
  noCopy: false,
  tmpfsBytes: null,
};

const propagations = ["rprivate", "private", "rshared", "shared", "rslave", "slave"];

/** `-v [SOURCE:]TARGET[:OPTIONS]`. */
export function takeVolume(command: RunCommand, text: TextNode): void {
  const parts = text.value.split(":");
  const [first = "", second, options] = parts;
  if (parts.length > 3 || parts.some((part) => part === "")) {
    fail(
      command.findings,
      "bad-value",
      text,
      `"${text.value.slice(0, 80)}" is no volume.`,
      "Write SOURCE:TARGET or SOURCE:TARGET:ro.",
    );
    return;
  }
  const mount: MountDraft =
    second === undefined ? { ...none, target: first } : { ...none, source: first, target: second };
  if (/^[./~]/.test(mount.source)) mount.type = "bind";
  for (const option of (options ?? "").split(",").filter((word) => word !== "")) {
    if (option === "ro") mount.isReadOnly = true;
    else if (option === "z" || option === "Z") mount.selinux = option;
    else if (option === "nocopy") mount.noCopy = true;
    else if (propagations.includes(option)) mount.propagation = option;
    else if (option !== "rw")
      warn(
        command.findings,
        "not-applied",
        text,
        `The option \`${option.slice(0, 40)}\` of this volume is not applied.`,
      );
  }
  addMount(command, mount, text);
}

/** `--mount type=bind,source=…,target=…,readonly`. */
export function takeMount(command: RunCommand, text: TextNode): void {
  const mount: MountDraft = { ...none };
  for (const field of fieldsOf(text.value)) {
    const [, key = field, content = ""] = /^([^=]*)=([\s\S]*)$/.exec(field) ?? [];
    const isOn = content === "" || /^(1|t|true)$/i.test(content);
    if (key === "type" && (content === "bind" || content === "volume" || content === "tmpfs")) mount.type = content;
    else if (key === "source" || key === "src") mount.source = content;
    else if (key === "target" || key === "dst" || key === "destination") mount.target = content;
    else if (key === "readonly" || key === "ro") mount.isReadOnly = isOn;
    else if (key === "bind-propagation") mount.propagation = content;
    else if (key === "volume-nocopy") mount.noCopy = isOn;
    else if (key === "tmpfs-size") mount.tmpfsBytes = sizeOf(command, content, text);
    else if (key === "tmpfs-mode" || key === "bind-recursive" || key === "consistency" || key.startsWith("volume-")) {
      warn(command.findings, "not-applied", text, `\`${key.slice(0, 40)}\` of this mount is not applied.`);
    } else {
      fail(
        command.findings,
        "bad-value",
        text,
        `"${field.slice(0, 60)}" is no field of a mount.`,
        "It has type, source, target and readonly.",
      );
    }
  }
  addMount(command, mount, text);
}

/** Fields between commas, one in double quotes with its commas. */
function fieldsOf(text: string): string[] {
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}

function sizeOf(command: RunCommand, content: string, text: TextNode): number | null {
  const bytes = parseByteSize(content);
  if (bytes === null) fail(command.findings, "bad-size", text, `"${content.slice(0, 40)}" is no size.`);
  return bytes === null ? null : Number(bytes);
}

function addMount({ draft, findings, volumes }: RunCommand, mount: MountDraft, text: TextNode): void {
  if (!mount.target.startsWith("/")) {
    fail(
      findings,
      "bad-value",
      text,
      `A mount needs an absolute path inside the container; here it is "${mount.target.slice(0, 60)}".`,
    );
    return;
  }
  if (mount.type === "bind" && mount.source === "") {
    fail(findings, "bad-value", text, "A bind needs a source.");
    return;
  }
  const { place } = text;
  const entries: [string, ModelNode][] = [["type", textNode(mount.type, place)]];
  if (mount.source !== "" && mount.type !== "tmpfs") entries.push(["source", textNode(mount.source, place)]);
  entries.push(["target", textNode(mount.target, place)]);
  if (mount.isReadOnly) entries.push(["read_only", boolNode(true, place)]);
  if (mount.type === "bind") {
    const options: [string, ModelNode][] = [["create_host_path", boolNode(true, place)]];
    if (mount.propagation !== "" && mount.propagation !== "rprivate")
      options.push(["propagation", textNode(mount.propagation, place)]);
    if (mount.selinux !== "") options.push(["selinux", textNode(mount.selinux, place)]);
    entries.push(["bind", mapNode(options, place)]);
  }
  if (mount.type === "volume" && mount.noCopy)
    entries.push(["volume", mapNode([["nocopy", boolNode(true, place)]], place)]);
  if (mount.tmpfsBytes !== null) {
    entries.push(["tmpfs", mapNode([["size", { kind: "int", value: BigInt(mount.tmpfsBytes), place }]], place)]);
  }
  draft.add("volumes", { ...mapNode(entries, place), keyPlace: text.keyPlace ?? place });
  if (mount.type === "volume" && mount.source !== "") volumes.set(mount.source, text);
}
