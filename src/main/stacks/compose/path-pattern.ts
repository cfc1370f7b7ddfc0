/** Where a value stands in the model: its keys from the top, `[]` for an item of a list. */
export type ModelPath = readonly string[];

export const listItem = "[]";

/** A path for people: `services.web.ports.[]`. */
export function pathText(path: ModelPath): string {
  return path.join(".");
}

function matches(pattern: ModelPath, path: ModelPath): boolean {
  return pattern.length === path.length && pattern.every((part, index) => part === "*" || part === path[index]);
}

/** A table from patterns like `services.*.ports` to what applies there; `*` stands for one key or item. */
export class PatternTable<T> {
  readonly #byLength = new Map<number, { pattern: ModelPath; value: T }[]>();

  constructor(rows: Readonly<Record<string, T>>) {
    for (const [text, value] of Object.entries(rows)) {
      const pattern = text.split(".");
      const same = this.#byLength.get(pattern.length);
      if (same === undefined) this.#byLength.set(pattern.length, [{ pattern, value }]);
      else same.push({ pattern, value });
    }
  }

  find(path: ModelPath): T | undefined {
    return this.#byLength.get(path.length)?.find(({ pattern }) => matches(pattern, path))?.value;
  }
}
