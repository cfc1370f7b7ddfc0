import type { EngineEvent } from "../engine.ts";
import { checkOutside } from "../outside-text.ts";
import { eventAnswer } from "./answers.ts";
import { unreadableAnswer } from "./engine-errors.ts";
import type { EngineHttp } from "./engine-http.ts";
import { jsonLines } from "./json-lines.ts";

const actions: Record<string, EngineEvent["action"]> = {
  create: "create",
  start: "start",
  die: "die",
  // Podman says "died" and "remove".
  died: "die",
  stop: "stop",
  kill: "kill",
  oom: "oom",
  destroy: "destroy",
  remove: "destroy",
  pause: "pause",
  unpause: "unpause",
  restart: "restart",
};

/** An event of a container, null for what does not matter here (exec, attach, resize). */
export function eventFrom(value: unknown): EngineEvent | null {
  const parsed = checkOutside(eventAnswer, value);
  if (!parsed.success) throw unreadableAnswer("Events", parsed.error);
  const { Action, Actor, time, timeNano } = parsed.data;
  const [verb = "", detail = ""] = Action.split(": ");
  const attributes = Actor.Attributes;
  const action = verb === "health_status" ? "health" : actions[verb];
  if (action === undefined) return null;
  const exitText = attributes.exitCode ?? attributes.containerExitCode;
  const word = detail || (attributes.health_status ?? "");
  return {
    atMs: timeNano === undefined ? time * 1000 : Math.floor(timeNano / 1e6),
    action,
    containerId: Actor.ID,
    labels: attributes,
    exitCode: action === "die" && exitText !== undefined && /^-?\d+$/.test(exitText) ? Number(exitText) : null,
    health: word === "healthy" || word === "unhealthy" || word === "starting" ? word : null,
  };
}

/** Asks at once, so that nothing is missed between this call and the first read. Ends quietly when the signal aborts. */
export function followEvents(http: EngineHttp, signal: AbortSignal): AsyncIterable<EngineEvent> {
  const opening = http.stream({
    method: "GET",
    path: "/events",
    query: { filters: JSON.stringify({ type: ["container"] }) },
    signal,
    timeoutMs: null,
    what: "Events",
  });
  // Whoever reads gets the failure; nobody else is to be told of it as an unhandled one.
  opening.catch(() => undefined);
  return read(http, opening, signal);
}

async function* read(
  http: EngineHttp,
  opening: ReturnType<EngineHttp["stream"]>,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, void, void> {
  let stop = (): void => undefined;
  try {
    const answer = await opening;
    stop = () => answer.destroy();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) return;
    for await (const value of jsonLines(answer)) {
      const event = eventFrom(value);
      if (event !== null) yield event;
    }
    if (!signal.aborted) throw http.streamError(new Error("its event stream ended"));
  } catch (error) {
    if (!signal.aborted) throw http.streamError(error);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}
