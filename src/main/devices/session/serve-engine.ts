import { AppError, type DeviceFacts, type EngineInfo, engineStart } from "../../../shared/domain/index.ts";
import { type Engine, openKanto } from "../../engines/index.ts";
import { countSessions, findDialer, type SshConnection } from "../../ssh/index.ts";
import { inTime, type OpenedEngine, openAnswering, withInfo } from "./answer-in-time.ts";
import { type EngineSocket, inOrder } from "./engine-order.ts";
import type { EngineGuess } from "./guess-engine.ts";

/** Through a command: one session for events, one for requests, one for everything else that is run on the device. */
const SESSIONS_MIN = 3;
/** How often an engine is asked whether it still answers. */
const ASK_MS = 10_000;

/**
 * Opens the first engine of the device that answers, in the order of the probe; Kanto only where no engine with the Docker
 * API does, since it can do less. `guess`: one that is being opened already. Throws `no-engine` when there is no
 * socket, else what the sockets said, `engine-denied` before anything else: then an engine is there.
 */
export async function openFirstEngine(
  connection: SshConnection,
  facts: DeviceFacts,
  guess: EngineGuess | null = null,
): Promise<OpenedEngine> {
  let failure: AppError | null = null;
  for (const socket of inOrder(facts.engineSockets)) {
    try {
      return await openSocket(connection, socket, guess?.path === socket.path ? guess : null);
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
  { path, kind }: EngineSocket,
  guess: EngineGuess | null,
): Promise<OpenedEngine> {
  if (kind === "kanto") return withInfo(await inTime(openKanto(connection), path, (late) => late.close()), path);
  try {
    return await (guess?.take() ?? openAnswering({ connection, socketPath: path }));
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== "unsupported" && error.code !== "engine-denied")) throw error;
    const asRoot = error.code === "engine-denied";
    const found = await findDialer(connection, { socketPath: path, kind, asRoot });
    if (found.dialer === null) throw withoutWay(error, asRoot, found.why);
    const sessions = await countSessions(connection, SESSIONS_MIN);
    if (sessions < SESSIONS_MIN) throw tooFewSessions(sessions, error);
    return openAnswering({ connection, socketPath: path, dialer: found.dialer });
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

/**
 * Stays with the engine behind a socket until it goes away: the end of its events is how one that died is noticed, a question now and
 * then how one that hangs is. Throws `no-engine` or `timed-out` then; returns when the signal aborts. `onInfo`: what it
 * says of itself after each question, since what it can do may change.
 */
export async function stayWithEngine(
  engine: Engine,
  path: string,
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
    inTime(
      engine.ping().then(() => engine.info()),
      path,
    ).then(
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
    hint: `Start it on the device: ${engineStart(path)}. Containers may still run without it.`,
  });
}
