import type { Rules } from "../verdict.ts";

const mebibyte = 1024 * 1024;

/**
 * The thresholds that a verdict is made with, printed in every result. The CPU band is 1.7 because one benchmark number
 * stands for all kinds of work: Pi 5 over Pi 4 is 1.9x in 7-zip and 3.1x in Geekbench 6.
 */
export const defaultRules: Rules = {
  fitsShare: 0.85,
  memoryBand: 1.05,
  cpuBand: 1.7,
  osShareBytes: 200 * mebibyte,
  nominalMemoryShare: 0.85,
  observeOnlyMemoryShare: 0.7,
  saturationShare: 0.95,
  saturatedWindowsMax: 0.5,
  saturatedWindowsFits: 0.01,
  busyHostWindowsMax: 0.05,
  heldBackShare: 0.5,
  downShareMax: 0.2,
  minSteadySeconds: 30,
  startupSeconds: 120,
  growthSeconds: 600,
  growthDays: 30,
  storageShare: 0.8,
  loadShareMin: 0.9,
  throttledWindowsMax: 0.01,
};
