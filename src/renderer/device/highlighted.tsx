import { Fragment, type ReactNode } from "react";

/** A text with every place marked at which the words searched for stand, whatever their case. */
export function highlighted(text: string, search: string): ReactNode[] {
  const parts: ReactNode[] = [];
  const lower = text.toLowerCase();
  const wanted = search.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted); at !== -1 && wanted !== ""; at = lower.indexOf(wanted, from)) {
    parts.push(<Fragment key={`${at}-before`}>{text.slice(from, at)}</Fragment>);
    parts.push(<mark key={at}>{text.slice(at, at + wanted.length)}</mark>);
    from = at + wanted.length;
  }
  parts.push(<Fragment key="rest">{text.slice(from)}</Fragment>);
  return parts;
}
