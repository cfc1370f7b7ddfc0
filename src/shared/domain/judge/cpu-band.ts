import type { Correction, CpuBand } from "../speed.ts";
import type { Envelope, Rules } from "../verdict.ts";
import { defaultRules } from "./rules.ts";

/** One benchmark number stands for all kinds of work: Pi 5 over Pi 4 is 1.9x in 7-zip and 3.1x in Geekbench 6. */
const bandOfOneNumber = 1.7;
const bandOfKernels = 1.3;
const bandOfRuns = 1.15;
/** Kinds of work that have to agree, LZMA among them. */
const leastKernels = 3;

/** From so many measured runs on a model on its correction is used. */
export const correctionRuns = 3;

/** What is known about the speed of a device and of this machine: MIPS of one core by kind of work, null for one score only. */
export interface KnownSpeeds {
  device: Readonly<Record<string, number>> | null;
  here: Readonly<Record<string, number>> | null;
  correction: Correction | null;
}

/**
 * How wide an answer about CPU is (docs/verdict.md). Several kinds of work that ran on both sides make it narrower only
 * when their ratios agree: where they do not, a stack may be any of them.
 */
export function cpuBandOf({ device, here, correction }: KnownSpeeds): CpuBand {
  if (correction !== null && correction.runs >= correctionRuns) {
    return { value: bandOfRuns, why: `corrected by ${correction.runs} measured runs on this model` };
  }
  const ratios = Object.entries(device ?? {}).flatMap(([name, score]) => {
    const own = here?.[name];
    return own === undefined ? [] : [{ name, ratio: score / own }];
  });
  const used = ratios.find(({ name }) => name === "lzma");
  if (used === undefined || ratios.length < leastKernels) {
    return { value: bandOfOneNumber, why: "one benchmark number (7-zip's LZMA) stands for all kinds of work" };
  }
  const apart = (ratio: number) => Math.max(ratio / used.ratio, used.ratio / ratio);
  const furthest = ratios.reduce((most, one) => (apart(one.ratio) > apart(most.ratio) ? one : most), used);
  const count = `${ratios.length} kinds of work ran on both sides`;
  if (apart(furthest.ratio) <= bandOfKernels) {
    return {
      value: bandOfKernels,
      why: `${count}, and none is further than x ${apart(furthest.ratio).toFixed(2)} off`,
    };
  }
  const off = `${furthest.name} is x ${apart(furthest.ratio).toFixed(2)} off`;
  return { value: bandOfOneNumber, why: `${count} and do not agree: ${off}` };
}

/** The band of a run on the device itself: nothing is translated, and the next run is still not this one. */
export const bandOnDevice: CpuBand = { value: bandOfRuns, why: "measured on the device itself" };

/** The rules with the band that holds for what was seen; a band that a team has set itself stays. */
export function rulesFor({ envelope }: { envelope: Pick<Envelope, "cpuBand"> }, rules: Rules): Rules {
  const band = envelope.cpuBand;
  return band === undefined || rules.cpuBand !== defaultRules.cpuBand ? rules : { ...rules, cpuBand: band.value };
}
