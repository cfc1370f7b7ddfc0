/** Something that happened to a stack, as a run remembers it. */
export interface StackEvent {
  atMs: number;
  kind: "phase" | "started" | "healthy" | "unhealthy" | "exited" | "oom-kill" | "restarted" | "note";
  /** Set for `phase`: prepare (images), create, start. */
  phase: "prepare" | "create" | "start" | "healthy" | null;
  service: string | null;
  containerId: string | null;
  exitCode: number | null;
  text: string;
}

export type OnStackEvent = (event: StackEvent) => void;

/** An event without a phase. */
export function serviceEvent(
  kind: Exclude<StackEvent["kind"], "phase">,
  atMs: number,
  service: string,
  containerId: string,
  text: string,
  exitCode: number | null = null,
): StackEvent {
  return { atMs, kind, phase: null, service, containerId, exitCode, text };
}

export function phaseEvent(phase: NonNullable<StackEvent["phase"]>, text: string): StackEvent {
  return { atMs: Date.now(), kind: "phase", phase, service: null, containerId: null, exitCode: null, text };
}
