import { join } from "node:path";
import * as z from "zod";
import { openDocument } from "./document.ts";

/** What seals a secret so that it may lie on the disk: the system's keychain, behind the door that can reach it. */
export interface SecretBox {
  /** `os`: only this person's account of this machine can open it. `none`: nothing better than clear text is to be had. */
  readonly protection: "os" | "none";
  /** Rejects when the keychain does not answer or would not protect what it is given. */
  encrypt(text: string): Promise<Buffer>;
  /** `reseal`: the key has changed, and the text should be sealed anew. */
  decrypt(sealed: Buffer): Promise<{ text: string; reseal: boolean }>;
}

/** `os`: sealed on the disk by the system's keychain. `session`: in this process only, gone with it. */
export type Kept = "os" | "session";

/** Secrets by name. A secret is never written in clear, and never logged. */
export interface SecretStore {
  /** Null when there is none, or it cannot be opened here. */
  get(name: string): Promise<string | null>;
  /** Keeps it as well as it can be kept here, and says how. */
  set(name: string, text: string): Promise<Kept>;
  /** Gives a secret another name, sealed as it is. Nothing happens when there is none. */
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
}

const documentSchema = z.object({
  version: z.literal(1),
  /** By name, in base64. */
  sealed: z.record(z.string(), z.base64()),
});

/**
 * Opens the secrets of a data folder: `secrets.json`, sealed by the box. Without a box that protects, a new secret
 * lives in this process alone, and what was sealed by another door stays as it is. A sealed secret that cannot be
 * opened (another account, a new keychain) counts as missing, is said once, and stays too: the keychain may come back.
 */
export function openSecrets(dataFolder: string, box: SecretBox | null, say = writeToStderr): SecretStore {
  const document = openDocument(join(dataFolder, "secrets.json"), documentSchema, { version: 1, sealed: {} });
  const keychain = box?.protection === "os" ? box : null;
  const session = new Map<string, string>();
  const said = new Set<string>();

  function sayOnce(text: string): void {
    if (said.has(text)) return;
    said.add(text);
    say(`${text}\n`);
  }

  async function change(edit: (sealed: Map<string, string>) => boolean): Promise<void> {
    // Most changes find nothing to do: then no file is made, and nobody's lock is waited for.
    if (!edit(new Map(Object.entries((await document.read()).sealed)))) return;
    await document.update((current) => {
      const sealed = new Map(Object.entries(current.sealed));
      return edit(sealed) ? { version: 1, sealed: Object.fromEntries(sealed) } : current;
    });
  }

  async function seal(box: SecretBox, name: string, text: string): Promise<string | null> {
    try {
      return (await box.encrypt(text)).toString("base64");
    } catch {
      // What went wrong is not repeated: it happened to the very text that must not be read anywhere.
      sayOnce(`The secret ${name} could not be sealed by this system's keychain.`);
      return null;
    }
  }

  async function open(box: SecretBox, name: string, sealed: string): Promise<string | null> {
    let opened: { text: string; reseal: boolean };
    try {
      opened = await box.decrypt(Buffer.from(sealed, "base64"));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      sayOnce(`The secret ${name} cannot be opened by this system's keychain, and counts as missing: ${why}`);
      return null;
    }
    const renewed = opened.reseal ? await seal(box, name, opened.text) : null;
    if (renewed !== null) {
      // Unless somebody has set another one in the meantime.
      await change((all) => all.get(name) === sealed && all.set(name, renewed) !== undefined);
    }
    return opened.text;
  }

  return {
    async get(name) {
      const here = session.get(name);
      if (here !== undefined) return here;
      if (keychain === null) return null;
      const sealed = new Map(Object.entries((await document.read()).sealed)).get(name);
      return sealed === undefined ? null : open(keychain, name, sealed);
    },

    async set(name, text) {
      if (box?.protection === "none") sayOnce("This desktop has no keychain: secrets are kept until Bayplan ends.");
      const sealed = keychain === null ? null : await seal(keychain, name, text);
      if (sealed === null) {
        session.set(name, text);
        return "session";
      }
      await change((all) => all.get(name) !== sealed && all.set(name, sealed) !== undefined);
      session.delete(name);
      return "os";
    },

    async rename(from, to) {
      if (from === to) return;
      const here = session.get(from);
      if (here !== undefined) session.set(to, here);
      session.delete(from);
      await change((all) => {
        const sealed = all.get(from);
        if (sealed === undefined) return false;
        if (here === undefined) session.delete(to);
        all.set(to, sealed);
        return all.delete(from);
      });
    },

    async remove(name) {
      session.delete(name);
      await change((all) => all.delete(name));
    },
  };
}

function writeToStderr(text: string): void {
  process.stderr.write(text);
}
