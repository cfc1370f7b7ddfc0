import { join } from "node:path";
import { readTextIfThere, withLock, writeAtomically } from "../../store/index.ts";
import { fingerprintOf } from "./judge-host-key.ts";
import {
  formatKnownHostsLine,
  type KnownHostsEntry,
  knownHostsName,
  parseKnownHosts,
  parseLine,
} from "./known-hosts-line.ts";

/**
 * The known_hosts files: Bayplan's own in its data folder, which it writes, and the person's and the system's, which it
 * only reads unless it is asked to add a key (user-known-hosts.ts). All are read anew each time, since ssh and other Bayplans write them too.
 */
export interface KnownHostsFiles {
  /** `userFiles`: where ssh_config says that the person's are; the usual ones unless given. */
  read(userFiles?: readonly string[]): Promise<{ ownEntries: KnownHostsEntry[]; userEntries: KnownHostsEntry[] }>;
  /** Pins a key for a server. Lines that are there already are kept, unless they hold a key that is replaced. */
  pin(
    host: string,
    port: number,
    key: { type: string; blobBase64: string },
    replaced?: readonly string[],
  ): Promise<void>;
  /** Takes out every line of our own with one of these fingerprints. */
  unpin(fingerprints: readonly string[]): Promise<void>;
}

export function openKnownHosts(dataFolder: string, home: string): KnownHostsFiles {
  const ownFile = join(dataFolder, "known_hosts");
  const usualFiles = [...usualUserFiles(home), "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];

  /** Comments and lines that cannot be read stay as they are. */
  async function change(edit: (lines: string[]) => string[]): Promise<void> {
    await withLock(
      `${ownFile}.lock`,
      async () => {
        const text = (await readTextIfThere(ownFile)) ?? "";
        const lines = text.split("\n").filter((line) => line !== "");
        await writeAtomically(
          ownFile,
          edit(lines)
            .map((line) => `${line}\n`)
            .join(""),
        );
      },
      { what: ownFile },
    );
  }

  return {
    async read(userFiles = usualFiles) {
      const [own, ...users] = await Promise.all([ownFile, ...userFiles].map(readTextIfThere));
      return {
        ownEntries: parseKnownHosts(own ?? ""),
        userEntries: users.flatMap((text) => parseKnownHosts(text ?? "")),
      };
    },
    pin(host, port, key, replaced = []) {
      const line = formatKnownHostsLine(knownHostsName(host, port), key);
      return change((lines) => [...withoutKeys(lines, replaced).filter((other) => other !== line), line]);
    },
    unpin(fingerprints) {
      return change((lines) => withoutKeys(lines, fingerprints));
    },
  };
}

/** Where ssh looks for a person's known hosts unless told otherwise (ssh_config(5), UserKnownHostsFile). */
export function usualUserFiles(home: string): string[] {
  return ["known_hosts", "known_hosts2"].map((name) => join(home, ".ssh", name));
}

function withoutKeys(lines: readonly string[], fingerprints: readonly string[]): string[] {
  return lines.filter((line) => {
    const entry = parseLine(line);
    return entry === null || entry.marker !== null || !fingerprints.includes(fingerprintOf(entry.blobBase64));
  });
}
