import type { Phase, RunEvent, RunRecord } from "../../shared/domain/index.ts";

/** One phase of a run on its clock; the last one is open. */
export interface PhaseSpan {
  phase: Phase;
  fromMs: number;
  untilMs: number;
}

/** The phases of one target's run from its events, the current one up to now. */
export function phaseSpans(events: readonly RunEvent[], target: number, nowMs: number): PhaseSpan[] {
  const spans: PhaseSpan[] = [];
  for (const event of events) {
    if (event.kind !== "phase" || event.phase === null || event.target !== target) continue;
    const last = spans.at(-1);
    if (last !== undefined) last.untilMs = event.atMs;
    spans.push({ phase: event.phase, fromMs: event.atMs, untilMs: Math.max(nowMs, event.atMs) });
  }
  return spans;
}

/** When the steady time will be over, on the run's clock, as far as one can tell now. */
export function expectedEndMs(record: RunRecord, spans: readonly PhaseSpan[], nowMs: number): number {
  const { durationMs, warmUpMs } = record.request;
  const steady = spans.find((span) => span.phase === "steady");
  if (steady !== undefined) return steady.fromMs + durationMs;
  const warmUp = spans.find((span) => span.phase === "warm-up");
  return (warmUp?.fromMs ?? nowMs) + warmUpMs + durationMs;
}

const words: Record<Phase, string> = {
  prepare: "Preparing",
  create: "Creating",
  start: "Starting",
  healthy: "Waiting until healthy",
  load: "Starting the load",
  "warm-up": "Warming up",
  steady: "Steady",
  stop: "Stopping",
  judge: "Judging",
};

export function phaseWord(phase: Phase | null): string {
  return phase === null ? "Preparing" : words[phase];
}
