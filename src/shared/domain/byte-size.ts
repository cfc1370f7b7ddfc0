const units: Record<string, number> = {
  b: 1,
  k: 2 ** 10,
  kb: 2 ** 10,
  kib: 2 ** 10,
  m: 2 ** 20,
  mb: 2 ** 20,
  mib: 2 ** 20,
  g: 2 ** 30,
  gb: 2 ** 30,
  gib: 2 ** 30,
  t: 2 ** 40,
  tb: 2 ** 40,
  tib: 2 ** 40,
};

/**
 * The bytes of a size as people write it. Units are binary, as in Compose: `256m`, `256MB` and `256MiB` are the same. Null
 * for what is no size above zero.
 */
export function parseByteSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const unit = units[(match?.[2] ?? "").toLowerCase() || "b"];
  const bytes = Math.floor(Number(match?.[1]) * (unit ?? Number.NaN));
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
}

/** `0.5`, `.5`, `2`; null for what is no number of cores above zero. */
export function parseCores(text: string): number | null {
  const cores = /^\d*\.?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return cores > 0 ? cores : null;
}
