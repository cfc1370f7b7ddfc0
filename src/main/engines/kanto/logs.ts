import { AppError, type LogBatch } from "../../../shared/domain/index.ts";
import type { SshProcess } from "../../ssh/index.ts";
import type { LogRequest } from "../engine.ts";
import type { LogMerge } from "../logs/log-merge.ts";
import { mergeLogs } from "../logs/merge-logs.ts";
import { stateOf } from "./container-from-json.ts";
import type { KantoContainer } from "./container-json.ts";
import type { ContainerPoll } from "./container-poll.ts";
import { checkedId, type KantoCm } from "./kanto-cm.ts";
import { kantoFailure, wordsOf } from "./kanto-errors.ts";
import { KantoLogReader } from "./log-lines.ts";
import { logScript } from "./log-script.ts";
import { readContainer } from "./read-containers.ts";

/** How often the device looks whether a log was begun anew. Two of these go by before the old file is left. */
const lookEveryMs = 1_500;

export interface LogSource {
  cm: KantoCm;
  poll: ContainerPoll;
  /** Where logs are that have no folder of their own: `<home>/containers`. */
  logFolder: string;
}

/**
 * The logs of several containers as one stream of batches. Ends when the signal aborts, or when every source has ended:
 * at the end of what there is, or when the container has stopped. A slow reader holds the device back. Throws
 * `not-found`, `engine-denied` when the files are root's, and what the connection ended with.
 */
export function readKantoLogs(
  source: LogSource,
  request: LogRequest,
  signal: AbortSignal,
): AsyncGenerator<LogBatch, void, void> {
  const alone = new Set(request.containerIds).size === 1;
  return mergeLogs(request.containerIds, (id, merge, stop) => pump(source, id, request, alone, merge, stop), signal);
}

/** Where the json-file driver writes: a folder of the container's own below the driver's root (ctr_logs_mgr.go). */
export function logFileOf(container: KantoContainer, logFolder: string): string {
  const root = container.host_config?.log_config?.driver_config?.root_dir ?? "";
  return `${root === "" ? logFolder : root.replace(/\/+$/, "")}/${container.container_id}/json.log`;
}

async function pump(
  source: LogSource,
  id: string,
  request: LogRequest,
  alone: boolean,
  merge: LogMerge,
  signal: AbortSignal,
): Promise<void> {
  const container = await readContainer(source.cm, id);
  if (container.host_config?.log_config?.driver_config?.type === "none") {
    await sayNoLog(container, alone, merge);
  } else {
    // Whoever is down prints nothing more: its log is read to its end, as other engines do.
    const isUp =
      stateOf(container) === "running" || stateOf(container) === "paused" || stateOf(container) === "restarting";
    const follow = request.follow && isUp;
    await (follow
      ? followFile(source, container, request.tail, merge, signal)
      : readOnce(source.cm, container, request.tail, merge, signal));
  }
  if (!signal.aborted) merge.endSource(id);
}

async function sayNoLog(container: KantoContainer, alone: boolean, merge: LogMerge): Promise<void> {
  const why = `Kanto keeps no log of ${container.container_name}: its log driver is "none".`;
  if (alone) {
    throw new AppError("unsupported", why, { hint: "Create it again with the log driver json-file." });
  }
  // Beside the logs of others it must not be missing without a word.
  const line = { atMs: Date.now(), containerId: container.container_id, stream: "stderr" as const, text: `[${why}]` };
  await merge.put(container.container_id, [line]);
}

async function readOnce(
  cm: KantoCm,
  container: KantoContainer,
  tail: number,
  merge: LogMerge,
  signal: AbortSignal,
): Promise<void> {
  const id = container.container_id;
  const process = await cm.connection.start(cm.asKantoUser([cm.path, "logs", "-t", String(tail), checkedId(id)]));
  await drain(process, container, merge, signal);
  if (signal.aborted) return;
  const exitCode = await process.exited;
  const words = wordsOf(process.stderr());
  // Created and never started.
  if (exitCode === 0 || /^there are no logs for container/.test(words)) return;
  throw kantoFailure(`Logs of ${container.container_name}`, exitCode, process.stderr(), cm.connection.target);
}

async function followFile(
  { cm, poll, logFolder }: LogSource,
  container: KantoContainer,
  tail: number,
  merge: LogMerge,
  signal: AbortSignal,
): Promise<void> {
  const file = logFileOf(container, logFolder);
  const words = ["sh", "-c", logScript, "sh", file, String(tail), "follow"];
  const process = await cm.connection.start(cm.asKantoUser(words));
  const over = new AbortController();
  let looksLeft = Number.POSITIVE_INFINITY;
  const timer = setInterval(() => {
    looksLeft -= 1;
    process.stream.write(looksLeft > 0 ? "look\n" : "end\n");
  }, lookEveryMs);
  const watch = untilDead(poll, container.container_id, AbortSignal.any([signal, over.signal])).then((dead) => {
    // What it printed last is in the file by then; `tail` may need a second to see it.
    if (dead) looksLeft = 2;
  });
  // A device that does not answer is told by its session; the log ends with the connection.
  watch.catch(() => undefined);
  try {
    await drain(process, container, merge, signal);
    if (signal.aborted) return;
    const exitCode = await process.exited;
    if (exitCode !== 0) throw logFailure(cm, container, file, exitCode, process.stderr());
  } finally {
    clearInterval(timer);
    over.abort();
    process.close();
  }
}

function logFailure(cm: KantoCm, container: KantoContainer, file: string, exitCode: number, stderr: string): AppError {
  const failure = kantoFailure(`Log of ${container.container_name}`, exitCode, stderr, cm.connection.target);
  if (failure.code !== "engine-denied") return failure;
  return new AppError(
    "engine-denied",
    `The log of ${container.container_name} cannot be followed: ${file} is root's.`,
    {
      hint: `Log in as root, or let ${cm.connection.target.user} use sudo without a password. Without following, its lines can be read.`,
      cause: failure,
    },
  );
}

async function untilDead(poll: ContainerPoll, id: string, signal: AbortSignal): Promise<boolean> {
  for await (const event of poll.events(signal)) {
    if (event.containerId === id && (event.action === "die" || event.action === "destroy")) return true;
  }
  return false;
}

async function drain(
  process: SshProcess,
  container: KantoContainer,
  merge: LogMerge,
  signal: AbortSignal,
): Promise<void> {
  const id = container.container_id;
  const reader = new KantoLogReader(id, Date.parse(container.state.started_at) || Date.now());
  const stop = (): void => process.close();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    for await (const chunk of process.stream) {
      if (Buffer.isBuffer(chunk)) await merge.put(id, reader.take(chunk));
    }
    await merge.put(id, reader.end());
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
