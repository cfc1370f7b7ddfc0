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
 * The two known_hosts files: Bayplan's own in its data folder, which it writes, and the person's, which it only reads.
 * Both are read anew each time, since ssh and other Bayplans write them too.
 */
export interface KnownHostsFiles {
  read(): Promise<{ ownEntries: KnownHostsEntry[]; userEntries: KnownHostsEntry[] }>;
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
  const userFile = join(home, ".ssh", "known_hosts");

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
    async read() {
      const [own, user] = await Promise.all([readTextIfThere(ownFile), readTextIfThere(userFile)]);
      return { ownEntries: parseKnownHosts(own ?? ""), userEntries: parseKnownHosts(user ?? "") };
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

function withoutKeys(lines: readonly string[], fingerprints: readonly string[]): string[] {
  return lines.filter((line) => {
    const entry = parseLine(line);
    return entry === null || entry.marker !== null || !fingerprints.includes(fingerprintOf(entry.blobBase64));
  });
}
