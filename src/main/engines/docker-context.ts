import { createHash } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import { AppError } from "../../shared/domain/index.ts";
import { dockerConfigFolder, readDockerJson } from "./docker-config-folder.ts";

/** A context of the docker command and where it leads; `host` is null for `default`, which is Docker's own socket. */
export interface DockerContext {
  name: string;
  host: string | null;
}

const configSchema = z.object({ currentContext: z.string().optional() });
const metaSchema = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) });

/**
 * The context that the docker command would take: what DOCKER_CONTEXT names, else `currentContext` of its config.json
 * (docker/cli: cli/context/store; a context's folder is the SHA-256 of its name). Null when there is none but `default`.
 * Throws `bad-input` for files that cannot be read as what they are, and a context that does not exist.
 */
export async function currentDockerContext(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): Promise<DockerContext | null> {
  const folder = dockerConfigFolder(env, home);
  const name = env.DOCKER_CONTEXT || (await configuredContext(join(folder, "config.json")));
  if (name === null || name === "" || name === "default") return null;
  const hash = createHash("sha256").update(name).digest("hex");
  const file = join(folder, "contexts", "meta", hash, "meta.json");
  const meta = metaSchema.safeParse(await readDockerJson(file));
  if (meta.success) return { name, host: meta.data.Endpoints.docker.Host };
  throw new AppError("bad-input", `The docker context ${name} does not exist, or has no Docker endpoint (${file}).`, {
    hint: "See: docker context ls. Take another one: docker context use default, or unset DOCKER_CONTEXT.",
  });
}

async function configuredContext(file: string): Promise<string | null> {
  const config = configSchema.safeParse(await readDockerJson(file));
  return config.success ? (config.data.currentContext ?? null) : null;
}
