import type { SavedChange, SavedDevices } from "../saved-devices.ts";
import type { Entry } from "./entry.ts";

/**
 * Writes to the document one after the other, and together what came while a write was under way: a hundred devices
 * that come online at once are two writes, not a hundred that wait for one lock. What could not be written, since the disk
 * is full for example, is written with what comes next.
 */
export class SavedWriter {
  readonly #saved: SavedDevices;
  readonly #changesOf: (entries: readonly Entry[]) => SavedChange[];
  readonly #unwritten = new Set<Entry>();
  #failed: SavedChange[] = [];
  #next: Promise<void> | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(saved: SavedDevices, changesOf: (entries: readonly Entry[]) => SavedChange[]) {
    this.#saved = saved;
    this.#changesOf = changesOf;
  }

  /** Resolves when these are written. Rejects with what the store said. */
  write(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) this.#unwritten.add(entry);
    this.#next ??= this.#inTurn(async () => {
      this.#next = null;
      const changes = latestOf([...this.#failed, ...this.#changesOf([...this.#unwritten])]);
      this.#unwritten.clear();
      this.#failed = changes;
      if (changes.length > 0) await this.#saved.put(changes);
      this.#failed = [];
    });
    return this.#next;
  }

  drop(id: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#failed = this.#failed.filter(({ device }) => device.id !== id);
      await this.#saved.remove(id);
    });
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(action);
    // Whoever asked hears of a failure; the next in turn only waits for the end.
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** Of several changes of a device the last, which makes room as any of them would have: a disk may be full for long. */
function latestOf(changes: readonly SavedChange[]): SavedChange[] {
  const latest = new Map<string, SavedChange>();
  for (const { device, replaces } of changes) {
    const before = latest.get(device.id);
    latest.delete(device.id);
    latest.set(device.id, { device, replaces: replaces ?? before?.replaces ?? null });
  }
  return [...latest.values()];
}
