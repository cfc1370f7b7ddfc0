import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { AppError, toFailure } from "../../../../shared/domain/index.ts";
import { type Engine, openLocalEngine } from "../../../engines/index.ts";
import { keeperJobSchema, keepLine } from "./keeper-messages.ts";
import { serveHere } from "./serve-here.ts";
import { servingLabel } from "./serving-plan.ts";

/** Events tell of the end at once; this is how long it may take when one was missed. */
const lookAgainMs = 10_000;

/**
 * The whole life of a keeper, a process that serves stand-ins for a stack which stays up after the command that started it:
 * it ends when the stack's containers are gone, when the engine is, and before the stack is up also with that command.
 */
export async function keepServing({
  input,
  output,
  signal,
}: {
  input: Readable;
  output: Writable;
  signal: AbortSignal;
}): Promise<void> {
  const lines = createInterface({ input })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) return;
  const { plan } = keeperJobSchema.parse(JSON.parse(first.value));
  const say = (value: unknown) => new Promise((resolve) => output.write(`${JSON.stringify(value)}\n`, resolve));
  try {
    const serving = await serveHere(plan);
    try {
      await say({ ready: { pacUrl: serving.pacUrl } });
      const second = await lines.next();
      if (second.done === true || second.value !== keepLine) return;
      await untilGone(`${servingLabel}=${plan.id}`, signal);
    } finally {
      await serving.close();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await say({ failure: toFailure(error) });
  }
}

async function untilGone(label: string, signal: AbortSignal): Promise<void> {
  const engine = await openLocalEngine();
  const ending = new AbortController();
  const timer = setInterval(() => void look(), lookAgainMs);
  const look = async () => {
    if (await isGone(engine, label)) ending.abort();
  };
  try {
    // Listening begins before the first look: what ends in between is not missed for long.
    const following = follow(engine, AbortSignal.any([ending.signal, signal]), look);
    await look();
    await following;
  } finally {
    clearInterval(timer);
    engine.close();
  }
}

async function follow(engine: Engine, signal: AbortSignal, look: () => Promise<void>): Promise<void> {
  try {
    for await (const { action } of engine.events(signal)) if (action === "destroy") await look();
  } catch (error) {
    if (signal.aborted || error instanceof AppError) return;
    throw error;
  }
}

/** An engine that does not answer any more has no containers that could be served. */
async function isGone(engine: Engine, label: string): Promise<boolean> {
  try {
    return (await engine.listByLabel(label)).containers.length === 0;
  } catch (error) {
    if (error instanceof AppError) return true;
    throw error;
  }
}
