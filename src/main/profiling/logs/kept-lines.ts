import type { RunLogEntry, RunLogGap, RunLogLine } from "../../../shared/domain/index.ts";

/** How much of a target's logs is kept, in characters: from half of it on only the edges of each second are. */
const mostCharacters = 16 * 1024 * 1024;
/** Of one service's second its first and last lines are kept, since what stands before a death is at the end. */
const plenty = { first: 60, last: 40 };
const scarce = { first: 1, last: 4 };
const longestText = 2_000;
/** What an entry takes besides its text. */
const entryCharacters = 80;
const secondMs = 1000;

interface Second {
  number: number;
  kept: number;
  last: RunLogLine[];
  gap: RunLogGap | null;
}

/**
 * Chooses what is kept of the lines that services print: everything of a service that prints little, the edges of each second
 * of one that prints much, and how many lines are missing. Bounded, whatever is printed. `give` gets entries as they are decided on.
 */
export class KeptLines {
  readonly #target: number;
  readonly #hide: (text: string) => string;
  readonly #give: (entries: RunLogEntry[]) => void;
  readonly #seconds = new Map<string, Second>();
  #characters = 0;

  /** `hide` takes secrets out of what is kept. */
  constructor(target: number, hide: (text: string) => string, give: (entries: RunLogEntry[]) => void) {
    this.#target = target;
    this.#hide = hide;
    this.#give = give;
  }

  /** Takes lines of one service in their order. */
  add(lines: readonly RunLogLine[]): void {
    const entries: RunLogEntry[] = [];
    for (const line of lines) this.#take(line, entries);
    if (entries.length > 0) this.#give(entries);
  }

  /** Decides on what has waited for the end of its second, of seconds that ended before `atMs`. */
  settle(atMs: number): void {
    const entries: RunLogEntry[] = [];
    for (const [service, second] of this.#seconds) {
      if ((second.number + 1) * secondMs > atMs) continue;
      this.#close(second, entries);
      this.#seconds.delete(service);
    }
    if (entries.length > 0) this.#give(entries);
  }

  #take(line: RunLogLine, entries: RunLogEntry[]): void {
    const { first, last } = this.#limits();
    const second = this.#secondOf(line, entries);
    if (second.kept < first) {
      second.kept += 1;
      this.#keep(line, entries);
      return;
    }
    second.last.push(line);
    const over = second.last.length > last ? second.last.shift() : undefined;
    if (over === undefined) return;
    second.gap ??= { atMs: over.atMs, untilMs: over.atMs, service: over.service, notKept: 0 };
    second.gap.untilMs = Math.max(second.gap.untilMs, over.atMs);
    second.gap.notKept += 1;
  }

  #limits(): { first: number; last: number } {
    if (this.#characters < mostCharacters / 2) return plenty;
    return this.#characters < mostCharacters ? scarce : { first: 0, last: 0 };
  }

  #secondOf(line: RunLogLine, entries: RunLogEntry[]): Second {
    const number = Math.floor(line.atMs / secondMs);
    const before = this.#seconds.get(line.service);
    // A line that is late by its clock belongs to the second that is open.
    if (before !== undefined && number <= before.number) return before;
    if (before !== undefined) this.#close(before, entries);
    const second: Second = { number, kept: 0, last: [], gap: null };
    this.#seconds.set(line.service, second);
    return second;
  }

  #close({ gap, last }: Second, entries: RunLogEntry[]): void {
    if (gap !== null) entries.push({ target: this.#target, ...gap });
    for (const line of last) this.#keep(line, entries);
  }

  #keep(line: RunLogLine, entries: RunLogEntry[]): void {
    const shown = this.#hide(line.text);
    const text = shown.length > longestText ? `${shown.slice(0, longestText)} …` : shown;
    this.#characters += text.length + entryCharacters;
    entries.push({ target: this.#target, ...line, text });
  }
}
