import type { Registry } from "./registry.ts";

/** What a registry is shown. It goes to the engine in a header, and nowhere else: not into a log, an error or argv. */
export type Credentials =
  | { kind: "password"; username: string; password: string }
  /** A token that the registry changes into others (OAuth 2). */
  | { kind: "identity-token"; token: string }
  /** A token that is shown as it is. */
  | { kind: "registry-token"; token: string };

/** What was found for a registry, and where; or why nothing was. */
export interface FoundAccount {
  registry: Registry;
  credentials: Credentials | null;
  /** Where they are from, or why there are none: `from the helper docker-credential-pass`, `without an account, since …`. */
  how: string;
  /** True when something that should have told did not: a helper that is missing, a file that cannot be read. */
  failed: boolean;
}

/** Gives accounts of registries. Throws `cancelled` alone: an image may be had without one. */
export interface RegistryAccounts {
  find(registry: Registry, signal: AbortSignal): Promise<FoundAccount>;
}

/** An account as the engine takes it (API: "Authentication"). */
function authOf({ registry, credentials }: FoundAccount): Record<string, string> {
  switch (credentials?.kind) {
    case "password":
      return { username: credentials.username, password: credentials.password, serveraddress: registry.key };
    case "identity-token":
      return { identitytoken: credentials.token, serveraddress: registry.key };
    case "registry-token":
      return { registrytoken: credentials.token, serveraddress: registry.key };
    default:
      return {};
  }
}

/** Go's decoder wants the padding that Node leaves out. */
function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

/** The headers of a pull. */
export function pullHeaders(account: FoundAccount): Record<string, string> {
  return account.credentials === null ? {} : { "X-Registry-Auth": encoded(authOf(account)) };
}

/** The headers of a build: an account for each registry that its Dockerfile takes images from. */
export function buildHeaders(accounts: readonly FoundAccount[]): Record<string, string> {
  const known = accounts.filter(({ credentials }) => credentials !== null);
  if (known.length === 0) return {};
  return {
    "X-Registry-Config": encoded(Object.fromEntries(known.map((account) => [account.registry.key, authOf(account)]))),
  };
}
