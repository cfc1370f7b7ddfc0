import type { ImageLayers } from "../../engines/index.ts";

/**
 * What several images take together, layers that they share counted once. Images share their lowest layers only, so each is
 * counted less the most that it shares with one before it.
 */
export function imageBytes(images: readonly ImageLayers[]): number {
  return images.reduce((sum, image, index) => {
    const shared = images.slice(0, index).map((other) => sharedBytes(image, other));
    return sum + image.sizeBytes - Math.max(0, ...shared);
  }, 0);
}

/**
 * The bytes of the layers that two images share. An engine tells sizes of build steps, not of layers, and some steps make a layer of
 * no size or none: so it is what both the common steps and as many sized steps as there are common layers add up to. Rather too
 * little, since then more is counted.
 */
export function sharedBytes(one: ImageLayers, other: ImageLayers): number {
  if (one.id === other.id) return one.sizeBytes;
  const layers = commonStart(one.layers, other.layers, (a, b) => a === b);
  const steps = commonStart(one.steps, other.steps, (a, b) => a.key === b.key && a.bytes === b.bytes);
  const sized = one.steps.filter(({ bytes }) => bytes > 0).slice(0, layers);
  return Math.min(sum(one.steps.slice(0, steps)), sum(sized), one.sizeBytes, other.sizeBytes);
}

function commonStart<T>(one: readonly T[], other: readonly T[], isSame: (a: T, b: T) => boolean): number {
  const at = one.findIndex((value, index) => {
    const there = other[index];
    return there === undefined || !isSame(value, there);
  });
  return at < 0 ? one.length : at;
}

function sum(steps: readonly { bytes: number }[]): number {
  return steps.reduce((total, { bytes }) => total + bytes, 0);
}
