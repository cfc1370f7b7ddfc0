import { AppError, type RunWithoutEnvelope, type Stack } from "../../../shared/domain/index.ts";
import type { Engine } from "../../engines/index.ts";
import { startStack } from "../../stacks/index.ts";
import type { Owner } from "../../store/index.ts";
import { UpTime } from "./up-time.ts";
import { throwIfCancelled, waitUnless } from "./wait.ts";

export interface WithoutEnvelopeRequest {
  stack: Stack;
  engine: Engine;
  owner: Owner;
  labels: Record<string, string>;
  healthyWaitMs: number;
  /** How long it has to stay up once it is healthy. */
  holdMs: number;
  onProgress: (text: string) => void;
  signal: AbortSignal;
}

/**
 * Runs a stack that failed inside the envelope once without, for a short time: if it fails there too, the stack is
 * broken here and the device has nothing to do with it. Everything is removed again.
 */
export async function runWithoutEnvelope(request: WithoutEnvelopeRequest): Promise<RunWithoutEnvelope> {
  const { stack, engine, owner, labels, signal, healthyWaitMs, holdMs, onProgress } = request;
  onProgress("It failed inside the envelope: running it once without");
  const ups = new UpTime();
  let failed: string | null = null;
  try {
    const running = await startStack({
      engine,
      stack,
      owner,
      labels,
      signal,
      onEvent: (event) => {
        if (event.service === null) return;
        if (event.kind === "exited") ups.ended(event.service, event.atMs, event.exitCode);
        if (event.kind === "restarted") ups.started(event.service, event.atMs, true);
      },
    });
    try {
      let healthy = false;
      const whenHealthy = running.whenHealthy.then(() => {
        healthy = true;
      });
      await waitUnless(healthyWaitMs, signal, whenHealthy);
      if (!healthy) failed = `It was not healthy after ${Math.round(healthyWaitMs / 1000)} s.`;
      else {
        await waitUnless(holdMs, signal);
        failed = whyNotUp(stack, ups);
      }
    } finally {
      await running.remove({ volumes: true });
    }
  } catch (error) {
    throwIfCancelled(signal);
    if (!(error instanceof AppError) || error.code !== "engine-failed") throw error;
    failed = error.message;
  }
  return failed === null
    ? { healthy: true, text: "Without the envelope it became healthy and stayed up." }
    : { healthy: false, text: failed };
}

/** A service that is started again and again, or ended with an error, does not run. */
function whyNotUp(stack: Stack, ups: UpTime): string | null {
  for (const { name, load } of stack.services) {
    const code = ups.lastExit(name);
    if (load || code === null) continue;
    if (ups.restarts(name) > 0) return `${name} keeps ending, with exit code ${code}.`;
    if (code !== 0) return `${name} ended with exit code ${code}.`;
  }
  return null;
}
