import { AppError } from "../../../shared/domain/index.ts";
import type { DiskUse, ImageLayers } from "../engine.ts";
import { containerSizeAnswer, diskUseAnswer, imageAnswer, imageHistoryAnswer } from "./answers.ts";
import { type EngineHttp, pathPart } from "./engine-http.ts";
import { imagePath } from "./image-reference.ts";
import { mapBounded } from "./map-bounded.ts";

/** An engine adds up every file of every volume that it has. */
const addUpTimeoutMs = 15_000;
const callsAtOnce = 4;

/** The layers of an image and the steps that it was built of. */
export async function imageLayers(http: EngineHttp, reference: string): Promise<ImageLayers> {
  const path = `/images/${imagePath(reference)}`;
  const what = `Image ${reference}`;
  const [image, history] = await Promise.all([
    http.json(imageAnswer, { method: "GET", path: `${path}/json`, what }),
    http.json(imageHistoryAnswer, { method: "GET", path: `${path}/history`, what }),
  ]);
  const steps = history
    .map(({ Created, CreatedBy, Size }) => ({ key: `${Created} ${CreatedBy}`, bytes: Size }))
    .reverse();
  return { id: image.Id, sizeBytes: image.Size, layers: image.RootFS?.Layers ?? [], steps };
}

/** Sizes of containers and of the volumes that they mount. */
export async function diskUse(
  http: EngineHttp,
  containerIds: readonly string[],
  signal: AbortSignal,
): Promise<DiskUse> {
  const found = await mapBounded(containerIds, callsAtOnce, (id) => containerSize(http, id, signal));
  const containers = new Map(found.flatMap((container) => (container === null ? [] : [container])));
  const names = new Set([...containers.values()].flatMap(({ volumes }) => volumes));
  if (names.size === 0) return { containers, volumes: new Map() };
  const { Volumes } = await http.json(diskUseAnswer, {
    method: "GET",
    path: "/system/df",
    // Engines before API 1.42 do not know the parameter and give everything.
    query: { type: "volume" },
    timeoutMs: addUpTimeoutMs,
    signal,
    what: "The sizes of volumes",
  });
  const sizes = new Map(Volumes.map(({ Name, UsageData }) => [Name, UsageData?.Size ?? -1] as const));
  // -1 is the engine's word for "not known": a volume of another driver.
  const sizeOf = (name: string) => ((sizes.get(name) ?? -1) < 0 ? null : (sizes.get(name) ?? null));
  return { containers, volumes: new Map([...names].map((name) => [name, sizeOf(name)])) };
}

async function containerSize(http: EngineHttp, id: string, signal: AbortSignal) {
  try {
    const { Image, SizeRw, Mounts } = await http.json(containerSizeAnswer, {
      method: "GET",
      path: `/containers/${pathPart(id)}/json`,
      query: { size: "1" },
      timeoutMs: addUpTimeoutMs,
      signal,
      what: `Container ${id.slice(0, 12)}`,
    });
    const volumes = Mounts.flatMap(({ Type, Name }) => (Type === "volume" && Name !== undefined ? [Name] : []));
    // An engine leaves a size of 0 out.
    return [id, { imageId: Image, writableBytes: SizeRw ?? 0, volumes }] as const;
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return null;
    throw error;
  }
}
