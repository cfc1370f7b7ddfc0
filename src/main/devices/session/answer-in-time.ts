import { AppError, type EngineInfo, engineStatus } from "../../../shared/domain/index.ts";
import type { Engine } from "../../engines/index.ts";

const ANSWER_TIMEOUT_MS = 8_000;

/** An engine that has answered, and what it said of itself. */
export interface OpenedEngine {
  engine: Engine;
  info: EngineInfo;
}

/** An engine that is being opened behind a socket, once it has said who it is. Throws `timed-out`, and what the opening does. */
export async function openAnswering(opening: Promise<Engine>, path: string): Promise<OpenedEngine> {
  // One that comes too late is closed again.
  const engine = await inTime(opening, path, (late) => late.close());
  try {
    return { engine, info: await inTime(engine.info(), path) };
  } catch (error) {
    engine.close();
    throw error;
  }
}

/** The answer of the engine behind a socket; `letGo`: what is done with one that comes too late. Throws `timed-out` then. */
export async function inTime<T>(
  answer: Promise<T>,
  path: string,
  letGo: (late: T) => void = () => undefined,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      answer.then(letGo, () => undefined);
      reject(
        new AppError("timed-out", "The container engine takes connections, but does not answer.", {
          hint: `Look at it on the device: ${engineStatus(path)}.`,
        }),
      );
    }, ANSWER_TIMEOUT_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
