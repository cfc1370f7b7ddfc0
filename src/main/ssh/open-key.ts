import ssh2, { type ParsedKey } from "ssh2";

/** Reads the text of a key file, private or public; an error when it is none, or has a passphrase. */
export function parseKey(text: string): ParsedKey | Error {
  return ssh2.utils.parseKey(text);
}

/** A key that is open stays so, while its file and passphrase are the same: opening one takes half a second of work. */
const opened = new Map<string, { text: string; passphrase: string; key: ParsedKey }>();

/** Opens the text of a key file; null when this is not its passphrase. */
export function openKey(path: string, text: string, passphrase: string): ParsedKey | null {
  const before = opened.get(path);
  if (before !== undefined && before.text === text && before.passphrase === passphrase) return before.key;
  const key = ssh2.utils.parseKey(text, passphrase);
  if (key instanceof Error || !key.isPrivateKey()) return null;
  opened.set(path, { text, passphrase, key });
  return key;
}
