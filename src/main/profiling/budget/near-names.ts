/** The number of single-letter changes between two words (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The names that somebody may have meant, the nearest first; none when nothing is near. */
export function nearNames(asked: string, names: readonly string[], count = 3): string[] {
  const wanted = asked.toLowerCase();
  return names
    .map((name) => {
      const known = name.toLowerCase();
      const contained = known.includes(wanted) || wanted.includes(known);
      return { name, score: contained ? 0.5 : distance(wanted, known) };
    })
    .filter(({ name, score }) => score <= Math.max(2, name.length / 3))
    .sort((a, b) => a.score - b.score || a.name.localeCompare(b.name))
    .slice(0, count)
    .map(({ name }) => name);
}
