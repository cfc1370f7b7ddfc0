import { AppError, type DeviceFacts, type EngineInfo } from "../../../shared/domain/index.ts";
import { type Engine, openEngine, openKanto } from "../../engines/index.ts";
import { countSessions, findDialer, type SshConnection } from "../../ssh/index.ts";

const ANSWER_TIMEOUT_MS = 8_000;
/** Through a command: one session for events, one for requests, one for everything else that is run on the device. */
const SESSIONS_MIN = 3;
/** How often an engine is asked whether it still answers. */
const ASK_MS = 20_000;

/**
 * Opens the first engine of the device that answers, in the order of the probe; Kanto only where no engine with the Docker
 * API does, since it can do less. Throws `no-engine` when there is no
 * socket, else what the sockets said, `engine-denied` before anything else: then an engine is there.
 */
export async function openFirstEngine(
  connection: SshConnection,
  facts: DeviceFacts,
): Promise<{ engine: Engine; info: EngineInfo }> {
  let failure: AppError | null = null;
  const sockets = [...facts.engineSockets].sort(
    (left, right) =>
      Number(left.kind === "kanto") - Number(right.kind === "kanto") || Number(right.canOpen) - Number(left.canOpen),
  );
  for (const socket of sockets) {
    try {
      return await openSocket(connection, socket);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (failure === null || error.code === "engine-denied") failure = error;
    }
  }
  if (failure !== null) throw failure;
  throw new AppError("no-engine", "No container engine was found on this device.", {
    hint: "Install one and start it, for example: sudo apt install docker.io. It is noticed by itself.",
  });
}

/**
 * Through the socket itself; where the SSH server does not forward to it, through a command on the device; where this
 * user may not open it, through that command as root. When there is no such way, what the socket said, and why.
 */
async function openSocket(
  connection: SshConnection,
  { path, kind }: DeviceFacts["engineSockets"][number],
): Promise<{ engine: Engine; info: EngineInfo }> {
  if (kind === "kanto") return openAnswering(openKanto(connection));
  try {
    return await openAnswering(openEngine({ connection, socketPath: path }));
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== "unsupported" && error.code !== "engine-denied")) throw error;
    const asRoot = error.code === "engine-denied";
    const found = await findDialer(connection, { socketPath: path, kind, asRoot });
    if (found.dialer === null) throw withoutWay(error, asRoot, found.why);
    const sessions = await countSessions(connection, SESSIONS_MIN);
    if (sessions < SESSIONS_MIN) throw tooFewSessions(sessions, error);
    return openAnswering(openEngine({ connection, socketPath: path, dialer: found.dialer }));
  }
}

function withoutWay(error: AppError, asRoot: boolean, why: string): AppError {
  const tried = asRoot ? "sudo without a password was tried" : "A command on the device was tried in its place";
  return new AppError(error.code, error.message, {
    hint: `${error.hint ?? ""} ${tried}: ${why}.`.trim(),
    cause: error,
  });
}

function tooFewSessions(sessions: number, cause: AppError): AppError {
  const message = `${cause.message} A command on the device could reach it, but the SSH server opens only ${sessions} of the ${SESSIONS_MIN} sessions at once that this takes.`;
  return new AppError("unsupported", message, {
    hint: `Set MaxSessions to 10, as it is by default, in the device's /etc/ssh/sshd_config. Or: ${cause.hint ?? ""}`,
    cause,
  });
}

async function openAnswering(opening: Promise<Engine>): Promise<{ engine: Engine; info: EngineInfo }> {
  // One that comes too late is closed again.
  const engine = await inTime(opening, (late) => late.close());
  try {
    return { engine, info: await inTime(engine.info()) };
  } catch (error) {
    engine.close();
    throw error;
  }
}

async function inTime<T>(answer: Promise<T>, letGo: (late: T) => void = () => undefined): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      answer.then(letGo, () => undefined);
      reject(
        new AppError("timed-out", "The container engine takes connections, but does not answer.", {
          hint: "Look at it on the device: sudo systemctl status docker.",
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

/**
 * Stays with an engine until it goes away: the end of its events is how one that died is noticed, a question now and
 * then how one that hangs is. Throws `no-engine` or `timed-out` then; returns when the signal aborts. `onInfo`: what it
 * says of itself after each question, since what it can do may change.
 */
export async function stayWithEngine(
  engine: Engine,
  signal: AbortSignal,
  onEvent: () => void,
  onInfo: (info: EngineInfo) => void = () => undefined,
): Promise<void> {
  const hung = new AbortController();
  const until = AbortSignal.any([signal, hung.signal]);
  let failure: unknown = null;
  let asking = false;
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    inTime(engine.ping().then(() => engine.info())).then(
      (info) => {
        asking = false;
        if (!until.aborted) onInfo(info);
      },
      (error: unknown) => {
        failure = error;
        hung.abort();
      },
    );
  }, ASK_MS);
  try {
    for await (const _ of engine.events(until)) onEvent();
  } catch (error) {
    if (!until.aborted) throw error;
  } finally {
    clearInterval(timer);
  }
  if (signal.aborted) return;
  if (failure !== null) throw failure;
  throw new AppError("no-engine", "The container engine has stopped.", {
    hint: "Start it on the device: sudo systemctl start docker. Containers may still run without it.",
  });
}
