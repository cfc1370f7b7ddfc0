import { readFile } from "node:fs/promises";
import { AppError } from "../../shared/domain/index.ts";
import { openKey } from "../ssh/index.ts";
import type { Kept, SecretStore } from "../store/index.ts";

/** The passphrases of key files of this machine, by path. A key is one person's, and opens as many devices as take it. */
export class KeyPassphrases {
  readonly #secrets: SecretStore;

  constructor(secrets: SecretStore) {
    this.#secrets = secrets;
  }

  /** Null when none is kept. */
  of(path: string): Promise<string | null> {
    return this.#secrets.get(nameOf(path));
  }

  /** Keeps a passphrase that opens the key. Throws `bad-input` when it does not, `not-found` when there is no such file. */
  async keep(path: string, passphrase: string): Promise<Kept> {
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      throw new AppError("not-found", `The key ${path} cannot be read any more.`, { cause: error });
    }
    if ((await openKey(path, text, passphrase)) === null) {
      throw new AppError("bad-input", `This is not the passphrase of ${path}.`, {
        hint: "It was not kept. It is the one that ssh-keygen asked for when the key was made.",
      });
    }
    return this.#secrets.set(nameOf(path), passphrase);
  }
}

function nameOf(path: string): string {
  return `key:${path}`;
}
