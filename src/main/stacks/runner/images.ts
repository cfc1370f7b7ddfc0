import { AppError, type Service, type Stack } from "../../../shared/domain/index.ts";
import { type AskEmulation, type Engine, isPlatform, type Progress } from "../../engines/index.ts";
import { requireRunnable, wrongPlatform } from "./image-platform.ts";
import { imageName } from "./names.ts";

/** `missing`: pull what the engine does not have; `never`: only what it has; `always`: ask for a newer one first. */
export type PullPolicy = "missing" | "always" | "never";

export interface ImageRequest {
  engine: Engine;
  stack: Stack;
  pullPolicy: PullPolicy;
  /** What the engine's kernel emulates. */
  emulation: AskEmulation;
  onProgress: Progress;
  signal: AbortSignal;
}

/**
 * Builds and pulls what the stack needs, each image once, for the platform that the service asks for. Gives the engine's image id for
 * each image name.
 * @throws AppError `not-found` when an image is neither there nor to be had, `auth-failed` when a registry refuses it, `unsupported`
 * when it is of another platform than the service wants, or than the engine can run.
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
  const { platform } = service.options;
  if (service.build !== null) {
    if (platform !== null) await requireRunnable(request, service, { image: name, platform });
    onProgress(`Building ${name}`);
    await engine.buildImage(service.build, name, onProgress, signal);
  } else if (policy === "always" || (policy === "missing" && !(await isThere(request, service, name)))) {
    onProgress(`Pulling ${name}${platform === null ? "" : ` for ${platform}`}`);
    await pull(request, service, name);
  }
  const image = await engine.inspectImage(name);
  if (image !== null) {
    if (platform !== null && !isPlatform(image.platform, platform)) {
      throw wrongPlatform(service, { image: name, platform: image.platform }, platform);
    }
    await requireRunnable(request, service, { image: name, platform: image.platform });
    return image.id;
  }
  const hint = "Pull it, load it with `docker load`, or correct its name.";
  throw new AppError("not-found", `The engine does not have the image ${name} of the service ${service.name}.`, {
    hint,
  });
}

/** An image of another platform than the service wants is not there: another one may be had under its name. */
async function isThere({ engine, onProgress }: ImageRequest, service: Service, name: string): Promise<boolean> {
  const { platform } = service.options;
  const image = await engine.inspectImage(name);
  if (image === null) return false;
  if (platform === null || isPlatform(image.platform, platform)) return true;
  onProgress(`${name} is here for ${image.platform}, and ${service.name} wants ${platform}`);
  return false;
}

async function pull({ engine, onProgress, signal }: ImageRequest, service: Service, name: string): Promise<void> {
  try {
    await engine.pullImage(name, onProgress, signal, service.options.platform);
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    const isAboutImage = error.code === "not-found" || error.code === "engine-failed" || error.code === "auth-failed";
    if (!isAboutImage) throw error;
    const message = `The image ${name} of the service ${service.name} is not on the engine and could not be pulled: ${error.message}`;
    const hint = error.hint ?? "Check its name and the engine's way to the registry, or load it with `docker load`.";
    throw new AppError(error.code === "auth-failed" ? "auth-failed" : "not-found", message, { hint, cause: error });
  }
}
