import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../../../shared/domain/index.ts";
import { readTextIfThere, withLock } from "../../store/index.ts";
import { entryMatches, formatKnownHostsLine, hashName, parseKnownHosts } from "./known-hosts-line.ts";

export interface AddedKey {
  /** The person's file. */
  file: string;
  /** As ssh looks it up: the host, `[host]:port`, or a HostKeyAlias. */
  name: string;
  type: string;
  blobBase64: string;
  /** HashKnownHosts of the person's ssh_config. */
  hash: boolean;
}

/**
 * Adds an agreed key to a person's own known_hosts, so that plain ssh finds it too. True when it was added, false when it
 * is there already. The line is appended in one write: what others append at the same time, the mode of the file, and a
 * link to it stay as they are. Throws `conflict` when the file holds another key of this type for the host, or has it
 * revoked.
 */
export async function addToKnownHosts(key: AddedKey): Promise<boolean> {
  return withLock(`${key.file}.bayplan-lock`, () => add(key), { what: key.file });
}

async function add({ file, name, type, blobBase64, hash }: AddedKey): Promise<boolean> {
  const text = (await readTextIfThere(file)) ?? "";
  const known = parseKnownHosts(text).filter((entry) => entryMatches(entry, name));
  if (known.some((entry) => entry.marker === "revoked" && entry.blobBase64 === blobBase64)) {
    throw new AppError("conflict", `${file} has this key of ${name} as @revoked.`, {
      hint: "It is known to be in wrong hands, or was withdrawn. Give the device a new host key.",
    });
  }
  const plain = known.filter((entry) => entry.marker === null);
  if (plain.some((entry) => entry.blobBase64 === blobBase64)) return false;
  if (plain.some((entry) => entry.type === type)) {
    throw new AppError("conflict", `${file} holds another ${type} key of ${name}.`, {
      hint: `Nothing was changed. When the old key is out of use: ssh-keygen -f ${file} -R '${name}', then try again.`,
    });
  }
  const line = `${formatKnownHostsLine(hash ? hashName(name) : name, { type, blobBase64 })}\n`;
  const needsNewline = text !== "" && !text.endsWith("\n");
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, "a", 0o600);
  try {
    await handle.appendFile(`${needsNewline ? "\n" : ""}${line}`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return true;
}
