import type { Model } from "../../shared/domain/index.ts";

/**
 * What figures measured on a 64-bit PC with pages of 4 KiB do not say about a board. The kernel of Raspberry Pi OS for the
 * BCM2712 has pages of 16 KiB.
 */
export function boardNotes({ platform, soc }: Pick<Model, "platform" | "soc">): string[] {
  const notes: string[] = [];
  if (platform !== null && /^linux\/(386|arm(\/v\d)?)$/.test(platform)) {
    notes.push(
      `It runs ${platform} with 32 bits: images must exist for it, one process gets at most 3 GiB, and pointers take half the memory.`,
    );
  }
  if (soc?.includes("BCM2712")) {
    notes.push(
      "Raspberry Pi OS gives it pages of 16 KiB: small mappings take more memory, and programs built for 4 KiB do not start.",
    );
  }
  return notes;
}
