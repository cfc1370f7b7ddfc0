/** Cores with a fixed number of decimals, so that a live figure keeps its width: `1.2`. */
export function coresText(cores: number, decimals = 1): string {
  return cores.toFixed(decimals);
}

/** A number of cores that a machine has, without idle zeros: `4`, `3.54`. */
export function coreCountText(cores: number): string {
  return String(Number(cores.toFixed(2)));
}

/** `1 core`, `4 cores`. */
export function coresWithUnit(cores: number): string {
  const count = coreCountText(cores);
  return `${count} ${count === "1" ? "core" : "cores"}`;
}
