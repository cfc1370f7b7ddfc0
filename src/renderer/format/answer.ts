import type { Answer, AxisName } from "../../shared/domain/index.ts";

/** The colour family and shape of a status; every use of it also carries a word. */
export type Tone = "fits" | "tight" | "over" | "unknown";

const tones: Record<Answer, Tone> = { fits: "fits", tight: "tight", "does-not-fit": "over", unknown: "unknown" };
export function answerTone(answer: Answer): Tone {
  return tones[answer];
}

const axes: Record<AxisName, { name: string; meaning: string }> = {
  memory: { name: "Memory", meaning: "peak that counts" },
  cpu: { name: "CPU", meaning: "95 % of seconds" },
  storage: { name: "Storage", meaning: "images, volumes, logs" },
  growth: { name: "Growth", meaning: "slope of memory" },
  startup: { name: "Start-up", meaning: "until healthy" },
  wear: { name: "Write wear", meaning: "shown, never judged" },
};

/** What an axis of a verdict is called and what it means in three words. */
export function axisWords(axis: AxisName): { name: string; meaning: string } {
  return axes[axis];
}
