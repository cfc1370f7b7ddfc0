import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ParsedKey } from "ssh2";
import { readPassphraseFile } from "./passphrase-file.ts";
import type { SshIdentities } from "./ssh-config.ts";
import type { SshCredentials } from "./ssh-connection.ts";

/** A key file that was found and cannot be used, and why; shown, so that nobody has to guess. */
export interface SkippedKey {
  path: string;
  why: string;
  /** True when its passphrase is all that is missing. */
  isLocked: boolean;
}

export interface FoundCredentials extends SshCredentials {
  skipped: SkippedKey[];
}

export interface CredentialsOptions {
  /** What `~/.ssh/config` says about keys for this host. */
  identities?: SshIdentities | null;
  /** The passphrase that is kept for a key file; null for none. */
  passphraseOf?: (path: string) => Promise<string | null>;
}

/** Loaded by the first key that is there, as ssh2 is by the first connection. */
const loadOpenKey = () => import("./open-key.ts");

/** OpenSSH's default names, the ones worth trying first (ssh_config(5), IdentityFile). */
const defaultNames = ["id_ed25519", "id_ecdsa", "id_rsa"];

/**
 * The credentials of the person at this machine: the keys that `~/.ssh/config` names, else the default ones in `~/.ssh`,
 * the agent, and before them the one key that BAYPLAN_SSH_KEY names. A key with a passphrase is opened with the one that
 * is kept for it, or with that in the file BAYPLAN_SSH_KEY_PASSPHRASE_FILE. Key text stays in memory; it is not logged
 * or passed on.
 */
export async function readCredentials(
  home: string = homedir(),
  env: Readonly<Record<string, string | undefined>> = process.env,
  options: CredentialsOptions = {},
): Promise<FoundCredentials> {
  const identities = options.identities ?? null;
  const privateKeys: string[] = [];
  const openedKeys: ParsedKey[] = [];
  const skipped: SkippedKey[] = (identities?.unreadable ?? []).map((path) => ({
    path,
    why: "is an IdentityFile with a word that Bayplan does not know",
    isLocked: false,
  }));
  const named = env.BAYPLAN_SSH_KEY;
  const files = identities?.files ?? defaultNames.map((name) => join(home, ".ssh", name));
  const paths = files.map((path) => ({ path, mayBeMissing: true }));
  if (named !== undefined && named !== "") paths.unshift({ path: named, mayBeMissing: false });
  for (const { path, mayBeMissing } of paths) {
    const found = await readKey(path, env, options.passphraseOf ?? (async () => null));
    switch (found.kind) {
      case "key":
        privateKeys.push(found.text);
        break;
      case "opened":
        openedKeys.push(found.key);
        break;
      default:
        if (found.kind !== "missing" || !mayBeMissing) {
          skipped.push({ path, why: found.why, isLocked: found.kind === "locked" });
        }
    }
  }
  const ofAgent = identities?.only === true ? { agentKeys: await publicBlobs(paths.map(({ path }) => path)) } : {};
  const agentSocket = identities?.agent === undefined ? env.SSH_AUTH_SOCK || null : identities.agent;
  return {
    privateKeys,
    ...(openedKeys.length > 0 ? { openedKeys } : {}),
    skipped,
    agentSocket,
    password: null,
    ...ofAgent,
  };
}

type ReadKey =
  | { kind: "key"; text: string }
  | { kind: "opened"; key: ParsedKey }
  | { kind: "missing" | "unusable" | "locked"; why: string };

async function readKey(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  passphraseOf: (path: string) => Promise<string | null>,
): Promise<ReadKey> {
  const read = await readText(path);
  if (typeof read !== "string") return read;
  const { openKey, parseKey } = await loadOpenKey();
  const key = parseKey(read);
  if (!(key instanceof Error)) {
    return key.isPrivateKey() ? { kind: "key", text: read } : { kind: "unusable", why: "is a public key" };
  }
  if (!needsPassphrase(key)) return { kind: "unusable", why: "is not a private key" };
  const kept = await passphraseOf(path);
  const opened = kept === null ? null : openKey(path, read, kept);
  if (opened !== null) return { kind: "opened", key: opened };
  const file = env.BAYPLAN_SSH_KEY_PASSPHRASE_FILE;
  if (file === undefined || file === "") {
    return {
      kind: "locked",
      why: "has a passphrase: give it to Bayplan, or add the key to the SSH agent with ssh-add",
    };
  }
  const given = await readPassphraseFile(file);
  if ("why" in given) return { kind: "locked", why: `has a passphrase, and ${given.why}` };
  const openedByFile = openKey(path, read, given.passphrase);
  return openedByFile === null
    ? { kind: "locked", why: `has another passphrase than the one in ${file}` }
    : { kind: "opened", key: openedByFile };
}

async function readText(path: string): Promise<string | ReadKey> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing", why: "there is no such file" };
    return { kind: "unusable", why: `cannot be read (${String(code)})` };
  }
}

function needsPassphrase(error: Error): boolean {
  return /encrypted|passphrase/i.test(error.message);
}

/** Opens the text of a key file; null when this is not its passphrase. */
export async function openKey(path: string, text: string, passphrase: string): Promise<ParsedKey | null> {
  return (await loadOpenKey()).openKey(path, text, passphrase);
}

/** The public halves of key files, from the file beside each or from the key itself, in base64. */
async function publicBlobs(paths: readonly string[]): Promise<string[]> {
  const blobs: string[] = [];
  for (const path of paths) {
    for (const file of [`${path}.pub`, path]) {
      const text = await readText(file);
      const key = typeof text === "string" ? (await loadOpenKey()).parseKey(text) : null;
      if (key === null || key instanceof Error) continue;
      blobs.push(key.getPublicSSH().toString("base64"));
      break;
    }
  }
  return blobs;
}
