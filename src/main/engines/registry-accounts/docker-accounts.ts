import { join } from "node:path";
import * as z from "zod";
import { AppError } from "../../../shared/domain/index.ts";
import { dockerConfigFolder, readDockerJson } from "../docker-config-folder.ts";
import type { Credentials, FoundAccount, RegistryAccounts } from "./account.ts";
import { askHelper } from "./credential-helper.ts";
import { isAbout, type Registry } from "./registry.ts";

const authSchema = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
  registrytoken: z.string().optional(),
});
type Auth = z.infer<typeof authSchema>;

const configSchema = z.object({
  auths: z.record(z.string(), authSchema).nullish(),
  credsStore: z.string().nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
});

export interface DockerAccountsOptions {
  env?: Readonly<Record<string, string | undefined>>;
  home: string;
  /** How long a helper may take; 30,000 unless told. */
  helperTimeoutMs?: number;
}

/**
 * The accounts that `docker login` keeps in config.json: that of the registry's own helper (`credHelpers`), else of the helper for
 * all (`credsStore`), else what is written in `auths`. The file is read, and the helper asked, each time anew.
 */
export function dockerAccounts({ env = process.env, home, helperTimeoutMs }: DockerAccountsOptions): RegistryAccounts {
  const file = join(dockerConfigFolder(env, home), "config.json");
  return {
    async find(registry, signal) {
      try {
        const config = await readConfig(file);
        if (config === null) return without(registry, `${file} does not exist`);
        const helper = helperFor(config, registry);
        if (helper !== null) {
          const credentials = await askHelper({ ...helper, env, signal, timeoutMs: helperTimeoutMs });
          const program = `docker-credential-${helper.name}`;
          if (credentials !== null) return found(registry, credentials, `the helper ${program}`);
          return without(registry, `the helper ${program} has none for ${registry.name}`);
        }
        const [, auth] = Object.entries(config.auths ?? {}).find(([entry]) => isAbout(entry, registry)) ?? [];
        const credentials = auth === undefined ? null : credentialsIn(auth);
        if (credentials !== null) return found(registry, credentials, file);
        return without(registry, `${file} has none for ${registry.name}`);
      } catch (error) {
        if (!(error instanceof AppError) || error.code === "cancelled") throw error;
        return { ...without(registry, error.message.replace(/\.$/, "")), failed: true };
      }
    },
  };
}

async function readConfig(file: string): Promise<z.infer<typeof configSchema> | null> {
  const value = await readDockerJson(file);
  if (value === null) return null;
  const config = configSchema.safeParse(value);
  if (config.success) return config.data;
  const place = config.error.issues[0]?.path.join(".") ?? "";
  throw new AppError("bad-input", `${file} is not as docker writes it${place === "" ? "" : ` (at ${place})`}`);
}

/** An empty name is how somebody takes a registry out of the store for all. */
function helperFor(
  { credHelpers, credsStore }: z.infer<typeof configSchema>,
  registry: Registry,
): { name: string; key: string } | null {
  const own = Object.entries(credHelpers ?? {}).find(([entry]) => isAbout(entry, registry));
  const name = own?.[1] ?? credsStore ?? "";
  return name === "" ? null : { name, key: registry.key };
}

/** `auth` is `user:password` in base64. An identity token counts more, as it does to docker. */
function credentialsIn(auth: Auth): Credentials | null {
  if (auth.identitytoken) return { kind: "identity-token", token: auth.identitytoken };
  if (auth.registrytoken) return { kind: "registry-token", token: auth.registrytoken };
  if (auth.auth) {
    const text = Buffer.from(auth.auth, "base64").toString("utf8").replace(/\0+$/, "");
    const colonAt = text.indexOf(":");
    if (colonAt <= 0)
      throw new AppError("bad-input", "an `auth` of docker's config.json is not user:password in base64");
    return { kind: "password", username: text.slice(0, colonAt), password: text.slice(colonAt + 1) };
  }
  if (auth.username === undefined || auth.username === "") return null;
  return { kind: "password", username: auth.username, password: auth.password ?? "" };
}

function found(registry: Registry, credentials: Credentials, source: string): FoundAccount {
  return { registry, credentials, how: `with the account from ${source}`, failed: false };
}

function without(registry: Registry, why: string): FoundAccount {
  return { registry, credentials: null, how: `without an account, since ${why}`, failed: false };
}
