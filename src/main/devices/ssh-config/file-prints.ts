import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** What tells one state of a file or folder from the next, by path; null where nothing can be read. */
export type FilePrints = Map<string, string | null>;

/** An editor that writes in place empties the file first: nothing is read before it has been still for so long. */
const SETTLE_MS = 250;

/** What cannot be looked at is as good as not there; reading it says why. */
export function printAt(path: string): Promise<string | null> {
  return stat(path, { bigint: true }).then(
    ({ ino, size, mtimeNs, ctimeNs }) => `${ino} ${size} ${mtimeNs} ${ctimeNs}`,
    () => null,
  );
}

/**
 * Looks every so many milliseconds; true when one of them is not what it was and has come to rest, false when the signal
 * has aborted. Looking costs less than a watch on every folder, and sees files that come, go and are replaced alike.
 */
export async function whenChanged(prints: FilePrints, everyMs: number, signal: AbortSignal): Promise<boolean> {
  const before = textOf(prints);
  while (await paused(everyMs, signal)) {
    let now = await look(prints.keys());
    if (now === before) continue;
    while (await paused(SETTLE_MS, signal)) {
      const later = await look(prints.keys());
      if (later === now) return true;
      now = later;
    }
  }
  return false;
}

async function look(paths: Iterable<string>): Promise<string> {
  const prints: FilePrints = new Map();
  for (const path of paths) prints.set(path, await printAt(path));
  return textOf(prints);
}

function textOf(prints: FilePrints): string {
  return JSON.stringify([...prints]);
}

/** False when the signal has ended the pause. */
function paused(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal, ref: false }).catch(() => false);
}
