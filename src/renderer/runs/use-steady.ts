import { useEffect, useRef, useState } from "react";

/** The value, renewed at most so often: for what is dear to work out and need not follow every frame. */
export function useSteady<T extends object>(value: T, everyMs: number): T {
  const [held, setHeld] = useState(value);
  const latest = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  latest.current = value;
  useEffect(() => {
    if (timer.current !== null || isSame(latest.current, held)) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      setHeld(latest.current);
    }, everyMs);
  });
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return held;
}

function isSame(one: object, other: object): boolean {
  const [a, b] = [Object.values(one), Object.values(other)];
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}
