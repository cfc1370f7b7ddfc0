const mebibyte = 1024 * 1024;

/** Bytes in MiB as a bare number for sentences: whole from 10 on, one digit below. */
export function mib(bytes: number): string {
  const value = bytes / mebibyte;
  return Math.abs(value) >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}

/** Bytes with their unit, in two or three digits: `640 KiB`, `29 MiB`, `1.8 GiB`. */
export function size(bytes: number): string {
  if (bytes < mebibyte) return `${Math.round(bytes / 1024)} KiB`;
  if (bytes < 1024 * mebibyte) return `${mib(bytes)} MiB`;
  const value = bytes / (1024 * mebibyte);
  return `${value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} GiB`;
}

/** Cores with two digits, as every sentence and table shows them. */
export function cores(value: number): string {
  return value.toFixed(2);
}

/** A share as a whole per cent. */
export function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

/** `1 time`, `3 times`. */
export function times(count: number): string {
  return count === 1 ? "1 time" : `${count} times`;
}
