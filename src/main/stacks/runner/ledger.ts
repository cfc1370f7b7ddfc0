import { AppError } from "../../../shared/domain/index.ts";

interface Made {
  what: string;
  remove: () => Promise<void>;
}

/** True for "it is not there": the answer that a removal wants. */
function isGone(error: unknown): boolean {
  return error instanceof AppError && error.code === "not-found";
}

/** Runs a removal; a thing that is already gone is fine. */
export async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Everything that was made on the engine so far, so that it can be taken back. */
export class Ledger {
  readonly #made: Made[] = [];

  add(what: string, remove: () => Promise<void>): void {
    this.#made.push({ what, remove });
  }

  /** Removes all of it, the last first, whatever fails on the way. Gives what could not be removed, and why. */
  async undo(): Promise<string[]> {
    const left: string[] = [];
    for (const { what, remove } of this.#made.splice(0).reverse()) {
      try {
        await unlessGone(remove());
      } catch (error) {
        left.push(`${what} (${error instanceof Error ? error.message : String(error)})`);
      }
    }
    return left;
  }
}
