const factors = new Map([...["", "k", "m", "g", "t", "p"].entries()].map(([power, unit]) => [unit, 1024 ** power]));

/** Bytes of a size like `512`, `64m`, `1.5gb`, `2 GiB`; units are powers of 1024. Null for what is no size. */
export function parseByteSize(text: string): bigint | null {
  const match = /^([0-9]+(?:\.[0-9]+)*) ?([kKmMgGtTpP])?[iI]?[bB]?$/.exec(text);
  const factor = factors.get((match?.[2] ?? "").toLowerCase());
  const amount = Number(match?.[1]);
  if (match === null || factor === undefined || !Number.isFinite(amount)) return null;
  return BigInt(Math.trunc(amount * factor));
}
