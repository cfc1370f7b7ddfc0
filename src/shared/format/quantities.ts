/** Values as text, the same in every face. Binary units, as memory is counted. */

const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `662 MiB`, `1.74 GiB`, `0 B`: three figures at most, never a decimal for bytes. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit < 3 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${bytes < 0 ? "-" : ""}${value.toFixed(digits)} ${units[unit]}`;
}

/** Whole mebibytes without the unit, for columns that say it in their head. */
export function formatMebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0);
}

/** `0.31`, `1.2`, `12`: cores, never percent. */
export function formatCores(cores: number): string {
  return cores >= 10 ? cores.toFixed(0) : cores >= 1 ? trimZero(cores.toFixed(2)) : cores.toFixed(2);
}

function trimZero(text: string): string {
  return text.replace(/\.?0+$/, "");
}

/** A span in its two largest useful units: `38 s`, `4 min`, `1 h 12 min`, `12 d`. */
export function formatSpan(spanMs: number): string {
  const seconds = Math.max(0, Math.round(spanMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d`;
}

/** `2:00`, `0:07`: a clock of minutes and seconds for a run. */
export function formatClock(spanMs: number): string {
  const seconds = Math.floor(Math.abs(spanMs) / 1000);
  const sign = spanMs < 0 ? "-" : "";
  return `${sign}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
