import { setTimeout as sleep } from "node:timers/promises";
import { AppError, type Container, type Outcome, toFailure } from "../../../shared/domain/index.ts";
import { WakeUp } from "../session/wake-up.ts";
import type { Entry } from "./entry.ts";

/** Several events belong to one thing that happened (a restart is five of them): they are looked at together. */
const DEBOUNCE_MS = 200;
/** What no event tells (a missed one, a changed health): looked at now and then. */
const POLL_MS = 10_000;

/** The containers of one device: now, and whenever something changes; or why they cannot be had. Ends with the signal, or when the device leaves the list. */
export async function* watchContainers(
  entry: Entry,
  signal: AbortSignal,
): AsyncGenerator<Outcome<Container[]>, void, void> {
  const until = AbortSignal.any([signal, entry.left]);
  const wake = new WakeUp();
  const stopListening = entry.listen(() => wake.call());
  let lastFailure = "";
  let isShown = false;
  try {
    entry.ask();
    while (!until.aborted) {
      wake.reset();
      if (entry.session.settled) {
        const outcome = await listContainers(entry);
        const failure = outcome.ok ? "" : JSON.stringify(outcome.failure);
        if (until.aborted) return;
        if (outcome.ok || failure !== lastFailure) yield outcome;
        lastFailure = failure;
        isShown = outcome.ok;
      }
      const called = await wake.wait(POLL_MS, until);
      // Whoever sees no list yet waits for no second event.
      if (called && isShown && entry.session.live !== null) await debounce(until);
    }
  } finally {
    stopListening();
  }
}

async function listContainers(entry: Entry): Promise<Outcome<Container[]>> {
  const { live } = entry.session;
  if (live === null) return { ok: false, atMs: Date.now(), failure: entry.trouble() };
  try {
    const value = await live.engine.listContainers();
    return { ok: true, atMs: Date.now(), value };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ok: false, atMs: Date.now(), failure: toFailure(error) };
  }
}

async function debounce(signal: AbortSignal): Promise<void> {
  try {
    await sleep(DEBOUNCE_MS, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
