import type { LogLine } from "../../../src/shared/domain/index.ts";

const texts = [
  "read 40 registers from 10.4.0.12 in 18 ms",
  'flow "press-7" deployed, 41 nodes',
  "compaction shard 118 started, 214 MB",
  "\u001b[32mINFO\u001b[0m  client \u001b[36mpress-07\u001b[0m connected, keepalive 60 s",
  "\u001b[33mWARN\u001b[0m  heap 183 MB, scavenge 212 ms",
  "FATAL ineffective mark-compacts near heap limit",
  "warning: broker: connection reset, retry in 2 s",
  "published 120 values to plant/press/7/state",
  "GET /api/panel/overview 200 12 ms",
  '{"level":"info","msg":"checkpoint written","bytes":184320,"took":"31ms"}',
];

/** One line of a container at a moment. */
export function lineAt(containerId: string, index: number, atMs: number): LogLine {
  const pick = (index * 7 + (index % 13) * 3) % (index % 4 === 0 ? texts.length : 4);
  return { atMs, containerId, stream: "stdout", text: texts[pick] ?? "" };
}
