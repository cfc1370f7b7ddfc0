import { AppError, type EngineInfo, engineStatus } from "../../../shared/domain/index.ts";
import { type Engine, type EngineAddress, openEngine } from "../../engines/index.ts";

const ANSWER_TIMEOUT_MS = 8_000;

/** An engine that has answered, and what it said of itself. */
export interface OpenedEngine {
  engine: Engine;
  info: EngineInfo;
}

/**
 * Opens the engine with the Docker API at an address. It may take its time to say who it is, as long as it gives a sign of
 * life. Throws `timed-out` when it gives none, and what the opening does.
 */
export async function openAnswering(address: EngineAddress): Promise<OpenedEngine> {
  try {
    return await withInfo(await openEngine(address, { silenceMs: ANSWER_TIMEOUT_MS }), address.socketPath);
  } catch (error) {
    throw error instanceof AppError && error.code === "timed-out" ? notAnswering(address.socketPath) : error;
  }
}

/** What an engine that is open says of itself; it is closed when it does not. Throws `timed-out` then. */
export async function withInfo(engine: Engine, path: string): Promise<OpenedEngine> {
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
      reject(notAnswering(path));
    }, ANSWER_TIMEOUT_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function notAnswering(path: string): AppError {
  return new AppError("timed-out", "The container engine takes connections, but does not answer.", {
    hint: `Look at it on the device: ${engineStatus(path)}.`,
  });
}
