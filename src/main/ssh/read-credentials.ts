import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import type { SshCredentials } from "./ssh-connection.ts";

/** A key file that was found and cannot be used, and why; shown, so that nobody has to guess. */
export interface SkippedKey {
  path: string;
  why: string;
}

export interface FoundCredentials extends SshCredentials {
  skipped: SkippedKey[];
}

/** OpenSSH's default names, the ones worth trying first (ssh_config(5), IdentityFile). */
const defaultNames = ["id_ed25519", "id_ecdsa", "id_rsa"];

/**
 * The credentials of the person at this machine: the default keys in `~/.ssh`, the agent behind SSH_AUTH_SOCK, and
 * before them the one key that BAYPLAN_SSH_KEY names. Key text stays in memory; it is not logged or passed on.
 */
export async function readCredentials(
  home: string = homedir(),
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<FoundCredentials> {
  const privateKeys: string[] = [];
  const skipped: SkippedKey[] = [];
  const named = env.BAYPLAN_SSH_KEY;
  const paths = defaultNames.map((name) => ({ path: join(home, ".ssh", name), mayBeMissing: true }));
  if (named !== undefined && named !== "") paths.unshift({ path: named, mayBeMissing: false });
  for (const { path, mayBeMissing } of paths) {
    const found = await readKey(path);
    if (found.kind === "key") privateKeys.push(found.text);
    else if (found.kind === "unusable" || !mayBeMissing) skipped.push({ path, why: found.why });
  }
  return { privateKeys, skipped, agentSocket: env.SSH_AUTH_SOCK || null, password: null };
}

type ReadKey = { kind: "key"; text: string } | { kind: "missing" | "unusable"; why: string };

async function readKey(path: string): Promise<ReadKey> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing", why: "there is no such file" };
    return { kind: "unusable", why: `cannot be read (${String(code)})` };
  }
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) {
    const encrypted = /encrypted|passphrase/i.test(key.message);
    return {
      kind: "unusable",
      why: encrypted ? "has a passphrase: add it to the SSH agent with ssh-add" : "is not a private key",
    };
  }
  return key.isPrivateKey() ? { kind: "key", text } : { kind: "unusable", why: "is a public key" };
}
