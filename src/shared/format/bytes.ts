const mib = 1024 ** 2;
const gib = 1024 ** 3;

/** A quantity as a person reads it: what is used, of what, in one unit. */
export interface UseText {
  used: string;
  total: string;
  unit: string;
}

/** One for each number of decimals: making one takes as long as thousands of its figures. */
const formats = [0, 1, 2].map(
  (decimals) => new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
);

function grouped(value: number, decimals: 0 | 1 | 2): string {
  return formats[decimals]?.format(value) ?? String(value);
}

/** Bytes in MiB without the unit: `352`, `7,490`, `4.2` below ten. */
export function mibText(bytes: number): string {
  const value = bytes / mib;
  return grouped(value, value > 0 && value < 9.95 ? 1 : 0);
}

function inGib(bytes: number): string {
  const value = bytes / gib;
  if (value >= 99.95) return grouped(value, 0);
  return value >= 9.995 ? grouped(value, 1) : grouped(value, 2);
}

/** Bytes with a unit that keeps at most three significant digits: `906 MiB`, `1.79 GiB`, `640 KiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${grouped(bytes, 0)} B`;
  if (bytes < mib) return `${grouped(bytes / 1024, 0)} KiB`;
  return bytes < gib ? `${mibText(bytes)} MiB` : `${inGib(bytes)} GiB`;
}

/** Used and total in the unit that suits the total, so that both can be compared at a glance. */
export function memoryUse(usedBytes: number, totalBytes: number): UseText {
  return totalBytes < gib
    ? { used: mibText(usedBytes), total: mibText(totalBytes), unit: "MiB" }
    : { used: inGib(usedBytes), total: inGib(totalBytes), unit: "GiB" };
}
