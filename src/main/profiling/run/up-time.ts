interface Change {
  atMs: number;
  up: boolean;
}

/** When each service was running, from its container's starts and ends. */
export class UpTime {
  readonly #changes = new Map<string, Change[]>();
  readonly #restarts = new Map<string, number>();
  /** Every end, in its order. */
  readonly exits: { atMs: number; service: string; exitCode: number | null }[] = [];
  readonly #lastExit = new Map<string, number | null>();

  started(service: string, atMs: number, again: boolean): void {
    this.#add(service, { atMs, up: true });
    if (again) this.#restarts.set(service, this.restarts(service) + 1);
  }

  ended(service: string, atMs: number, exitCode: number | null): void {
    this.#add(service, { atMs, up: false });
    this.#lastExit.set(service, exitCode);
    this.exits.push({ atMs, service, exitCode });
  }

  restarts(service: string): number {
    return this.#restarts.get(service) ?? 0;
  }

  isUp(service: string): boolean {
    return this.#changes.get(service)?.at(-1)?.up ?? false;
  }

  /** The exit code it ended with last; null when it never ended or the engine did not say. */
  lastExit(service: string): number | null {
    return this.#lastExit.get(service) ?? null;
  }

  /** The share of a span in which the service was not running, 0 to 1. */
  downShare(service: string, fromMs: number, toMs: number): number {
    if (toMs <= fromMs) return 0;
    let upMs = 0;
    let since: number | null = null;
    const close = (atMs: number) => {
      if (since !== null) upMs += Math.max(0, Math.min(atMs, toMs) - Math.max(since, fromMs));
      since = null;
    };
    for (const { atMs, up } of this.#changes.get(service) ?? []) {
      if (!up) close(atMs);
      else since ??= atMs;
    }
    close(toMs);
    return 1 - upMs / (toMs - fromMs);
  }

  #add(service: string, change: Change): void {
    const changes = this.#changes.get(service) ?? [];
    changes.push(change);
    this.#changes.set(service, changes);
  }
}
