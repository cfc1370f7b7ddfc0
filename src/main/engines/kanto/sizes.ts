/**
 * Kanto's sizes: a number and one of k, m, g in either case, base 1024 (containerm/util/bytes_size_conversion.go). Plain
 * bytes and the suffix B, which its documentation lists, are refused.
 */
const sizePattern = /^(\d+(?:\.\d+)?) ?([kmg])$/i;

const kibibyte = 1024;
const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

/** The bytes of a size; null for a text that is none. */
export function parseSize(text: string): number | null {
  const match = sizePattern.exec(text);
  if (match === null) return null;
  const unit = (match[2] ?? "").toLowerCase();
  const bytes = Math.floor(Number(match[1]) * (unit === "k" ? kibibyte : unit === "m" ? mebibyte : gibibyte));
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Bytes as Kanto reads them back to the byte: 1/1024 has a finite decimal fraction, of ten places. */
export function sizeText(bytes: number): string {
  if (bytes % mebibyte === 0) return `${bytes / mebibyte}m`;
  const text = (bytes / kibibyte).toFixed(10);
  return `${text.replace(/0+$/, "").replace(/\.$/, "")}k`;
}
