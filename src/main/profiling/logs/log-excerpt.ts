import { afterMs, beforeMs, type OomKill, type RunLogLine, type RunWindow } from "../../../shared/domain/index.ts";

const mostMoments = 20;
const linesEach = 12;
const busiestSeconds = 5;

export interface Moments {
  kills: readonly OomKill[];
  exits: readonly { atMs: number; service: string }[];
  windows: readonly RunWindow[];
}

interface Moment {
  fromMs: number;
  toMs: number;
  /** Null: of all services. */
  service: string | null;
}

/**
 * The lines that evidence may show: the last ones of a service before it was killed or ended, and of all services around the
 * highest memory and the busiest seconds. In the order of their time.
 */
export function logExcerpt(lines: readonly RunLogLine[], { kills, exits, windows }: Moments): RunLogLine[] {
  const ends = [...kills, ...exits].slice(0, mostMoments).map((end) => around(end.atMs, end.atMs, end.service));
  const peaks = [...topOf(windows, 1, (window) => window.memoryPeakBytes)].map((window) => {
    const atMs = window.memoryPeakAtMs ?? window.fromMs;
    return around(atMs, atMs, null);
  });
  const busy = topOf(windows, busiestSeconds, (window) => window.hostCores).map(({ fromMs, toMs }) =>
    around(fromMs, toMs, null),
  );
  const chosen = new Set<RunLogLine>();
  for (const moment of [...ends, ...peaks, ...busy]) {
    for (const line of lines.filter((one) => isIn(one, moment)).slice(-linesEach)) chosen.add(line);
  }
  return [...chosen].sort((a, b) => a.atMs - b.atMs);
}

function around(fromMs: number, toMs: number, service: string | null): Moment {
  return { fromMs: fromMs - beforeMs, toMs: toMs + afterMs, service };
}

function isIn(line: RunLogLine, { fromMs, toMs, service }: Moment): boolean {
  return line.atMs >= fromMs && line.atMs <= toMs && (service === null || service === line.service);
}

function topOf(windows: readonly RunWindow[], count: number, of: (window: RunWindow) => number | null): RunWindow[] {
  return windows
    .filter((window) => of(window) !== null)
    .sort((a, b) => (of(b) ?? 0) - (of(a) ?? 0))
    .slice(0, count);
}
