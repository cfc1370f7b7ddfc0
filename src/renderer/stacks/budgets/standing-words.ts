import type { PillTone } from "../../ui/pill.tsx";
import type { Standing } from "./budget-rows.ts";

interface StandingWords {
  tone: PillTone;
  word: string;
  /** What it means, for memory and for CPU. */
  memory: string;
  cpu: string;
}

/** A standing in a pill and in a sentence. */
export const standingWords: Record<Standing, StandingWords> = {
  "no-budget": {
    tone: "unknown",
    word: "No figure",
    memory: "There is no published memory figure for this target.",
    cpu: "There is no CPU score for this target.",
  },
  "cannot-start": {
    tone: "over",
    word: "Too much",
    memory: "The services reserve more than there is.",
    cpu: "One service asks for more CPUs than the device has: the engine refuses it.",
  },
  over: {
    tone: "tight",
    word: "Over",
    memory: "The limits allow more than there is: it can run out before one of them is met.",
    cpu: "The limits allow more than there is: services will wait for each other.",
  },
  open: {
    tone: "tight",
    word: "Open",
    memory: "Services without a limit may take all there is. A run tells what they need.",
    cpu: "Services without a limit may take all there is. A run tells what they need.",
  },
  within: {
    tone: "fits",
    word: "Within",
    memory: "All limits together are within the budget.",
    cpu: "All limits together are within the budget.",
  },
};
