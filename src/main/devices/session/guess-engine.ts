import type { DeviceFacts } from "../../../shared/domain/index.ts";
import type { SshConnection } from "../../ssh/index.ts";
import { type OpenedEngine, openAnswering } from "./answer-in-time.ts";
import { inOrder } from "./engine-order.ts";

/** Where most devices have their engine. */
const USUAL_SOCKET = "/var/run/docker.sock";

/**
 * An engine that is opened while the device is still asked which ones it has: on a new connection both take some round
 * trips, and most often the guess is right. It is only asked who it is. Whoever made it drops it.
 */
export class EngineGuess {
  readonly path: string;
  readonly #opening: Promise<OpenedEngine>;
  #isTaken = false;

  constructor(connection: SshConnection, path: string) {
    this.path = path;
    this.#opening = openAnswering({ connection, socketPath: path });
    // A wrong guess is no failure: what the device says decides.
    this.#opening.catch(() => undefined);
  }

  /** The engine, which is the caller's to close from now on. Throws what opening it there throws. */
  take(): Promise<OpenedEngine> {
    this.#isTaken = true;
    return this.#opening;
  }

  /** Closes the engine unless somebody has taken it. */
  drop(): void {
    if (this.#isTaken) return;
    this.#isTaken = true;
    this.#opening.then(
      ({ engine }) => engine.close(),
      () => undefined,
    );
  }
}

/** Guesses by what is remembered of a device (null: nothing); null where no engine with a socket is expected. */
export function guessEngine(connection: SshConnection, facts: DeviceFacts | null): EngineGuess | null {
  if (facts === null) return new EngineGuess(connection, USUAL_SOCKET);
  const [first] = inOrder(facts.engineSockets);
  return first === undefined || first.kind === "kanto" || !first.canOpen
    ? null
    : new EngineGuess(connection, first.path);
}
