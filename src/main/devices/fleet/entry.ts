import { AppError, type Failure } from "../../../shared/domain/index.ts";
import type { DeviceSession } from "../session/device-session.ts";
import type { ManagedDevice } from "./managed-device.ts";

export type EntryNews = "status" | "engine-event";

/** One device in the fleet with its session, and those who follow it. */
export class Entry {
  readonly device: ManagedDevice;
  readonly session: DeviceSession;
  readonly #listeners = new Set<(news: EntryNews) => void>();
  readonly #left = new AbortController();
  /** The view that was sent last, as text: nothing is said twice. */
  lastSent = "";
  wasOnline = false;

  constructor(device: ManagedDevice, makeSession: (entry: Entry) => DeviceSession) {
    this.device = device;
    this.session = makeSession(this);
  }

  /** Aborts when the device has left the list: forgotten, or found to be another one. */
  get left(): AbortSignal {
    return this.#left.signal;
  }

  /** A person wants to know: from now on it is connected. */
  ask(): void {
    this.device.asked = true;
    this.session.start();
  }

  leave(): void {
    this.#left.abort();
    this.#listeners.clear();
  }

  listen(listener: (news: EntryNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(news: EntryNews): void {
    for (const listener of this.#listeners) listener(news);
  }

  /** Why there is no engine to talk to right now. */
  trouble(): Failure {
    const { trouble, name } = this.device.view(this.session);
    return (
      trouble ?? { code: "unreachable", message: `${name} is being connected.`, hint: "Wait a moment and try again." }
    );
  }

  troubleError(): AppError {
    const { code, message, hint } = this.trouble();
    return new AppError(code, message, hint === null ? {} : { hint });
  }
}
