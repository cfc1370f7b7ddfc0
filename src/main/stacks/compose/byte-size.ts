const units: Record<string, number> = { "": 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/**
 * A byte size as Compose writes it: `512m`, `1.5g`, `64MiB`, `1048576`. Every unit is a power of 1024, with or without
 * the `i` (docker/go-units, RAMInBytes). Gives whole bytes; null when the text is none.
 */
export function parseByteSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text.trim());
  if (match === null) return null;
  const power = units[(match[2] ?? "").toLowerCase()];
  if (power === undefined) return null;
  const bytes = Math.floor(Number(match[1]) * 1024 ** power);
  return Number.isSafeInteger(bytes) ? bytes : null;
}
