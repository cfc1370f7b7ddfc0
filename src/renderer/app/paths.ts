import type { StackFormat } from "../../shared/domain/index.ts";

/** The addresses inside the face, as the routes know them. */
export const paths = {
  devices: "/devices",
  device: (deviceId: string) => `/devices/${encodeURIComponent(deviceId)}`,
  stacks: "/stacks",
  sample: "/stacks/sample",
  /** A stack of this machine, and what it is read as; null: as it looks. */
  stack: (file: string, from: StackFormat | null = null) =>
    `/stacks/open/${encodeURIComponent(file)}${from === null ? "" : `/${from}`}`,
  runs: "/runs",
  run: (runId: string) => `/runs/${runId}`,
  /** Two sides of runs: ids with commas between them, or `@NAME` for a baseline. */
  compare: (a: string, b: string) => `/runs/compare/${encodeURIComponent(a)}/${encodeURIComponent(b)}`,
  /** What was measured of a target of a run, with a span of its clock marked. */
  runCharts: (runId: string, target = 0, span: { fromMs: number; toMs: number } | null = null) =>
    `/runs/${runId}/charts/${target}${span === null ? "" : `/${Math.floor(span.fromMs)}-${Math.ceil(span.toMs)}`}`,
};
