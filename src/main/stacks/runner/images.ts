import { AppError, type Service, type Stack } from "../../../shared/domain/index.ts";
import type { Engine, Progress } from "../../engines/index.ts";
import { imageName } from "./names.ts";

/** `missing`: pull what the engine does not have; `never`: only what it has; `always`: ask for a newer one first. */
export type PullPolicy = "missing" | "always" | "never";

export interface ImageRequest {
  engine: Engine;
  stack: Stack;
  pullPolicy: PullPolicy;
  onProgress: Progress;
  signal: AbortSignal;
}

/**
 * Builds and pulls what the stack needs, each image once. Gives the engine's image id for each image name.
 * @throws AppError `not-found` when an image is neither there nor to be had.
 */
export async function ensureImages(request: ImageRequest): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const service of request.stack.services) {
    request.signal.throwIfAborted();
    const name = imageName(request.stack, service);
    if (!ids.has(name) || service.build !== null) ids.set(name, await ensureImage(request, service, name));
  }
  return ids;
}

async function ensureImage(request: ImageRequest, service: Service, name: string): Promise<string> {
  const { engine, onProgress, signal } = request;
  const { pullPolicy: own } = service.options;
  const policy = own === null || own === "build" ? request.pullPolicy : own;
  if (service.build !== null) {
    onProgress(`Building ${name}`);
    await engine.buildImage(service.build, name, onProgress, signal);
  } else if (policy === "always" || (policy === "missing" && (await engine.inspectImage(name)) === null)) {
    onProgress(`Pulling ${name}`);
    await pull(request, service, name);
  }
  const image = await engine.inspectImage(name);
  if (image !== null) return image.id;
  const hint = "Pull it, load it with `docker load`, or correct its name.";
  throw new AppError("not-found", `The engine does not have the image ${name} of the service ${service.name}.`, {
    hint,
  });
}

async function pull({ engine, onProgress, signal }: ImageRequest, service: Service, name: string): Promise<void> {
  try {
    await engine.pullImage(name, onProgress, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    const isAboutImage = error.code === "not-found" || error.code === "engine-failed" || error.code === "auth-failed";
    if (!isAboutImage) throw error;
    const message = `The image ${name} of the service ${service.name} is not on the engine and could not be pulled: ${error.message}`;
    const hint = error.hint ?? "Check its name and the engine's way to the registry, or load it with `docker load`.";
    throw new AppError(error.code === "auth-failed" ? "auth-failed" : "not-found", message, { hint, cause: error });
  }
}
