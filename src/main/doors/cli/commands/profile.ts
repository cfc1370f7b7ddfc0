import { resolve } from "node:path";
import {
  type Answer,
  AppError,
  type ProfileResult,
  type RunRecord,
  type RunUpdate,
  type StackFormat,
  type TargetRequest,
  type TargetResult,
} from "../../../../shared/domain/index.ts";
import { answerWord, bytesText, coresText } from "../../../../shared/format/index.ts";
import { toProfileJson } from "../../../profiling/index.ts";
import type { Context } from "../context.ts";
import { substitutionLines } from "../substitution-lines.ts";
import { formatTable } from "../table.ts";
import { printFindings } from "./stacks.ts";

export interface ProfileOptions {
  file: string;
  from: StackFormat | null;
  targets: TargetRequest[];
  durationMs: number;
  warmUpMs: number;
  failOnTight: boolean;
  desktop: boolean;
}

/** Runs a stack against each target and prints the verdicts. Ctrl-C cancels and cleans up. */
export async function profile(context: Context, options: ProfileOptions): Promise<number> {
  const { client, output, signal } = context;
  const { file, from, targets, durationMs, warmUpMs, desktop } = options;
  const record = await client.runs.start({
    file: resolve(file),
    ...(from === null ? {} : { from }),
    ...(desktop ? { desktop } : {}),
    targets,
    durationMs,
    warmUpMs,
  });
  printFindings(context, record.findings);
  const cancel = () => {
    output.note("Stopping the run and removing what it started.");
    void client.runs.cancel({ runId: record.id });
  };
  signal.addEventListener("abort", cancel, { once: true });
  try {
    // The watch is not tied to Ctrl-C: the run's own end is what this waits for, so that nothing is left running.
    const { ended, result } = await follow(context, record);
    if (result === null) throw failureOfRun(ended);
    output.value(toProfileJson(result));
    output.text(formatResult(result));
    return exitCodeOfAnswers(result, options.failOnTight);
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

async function follow(
  { client, output }: Context,
  { id }: RunRecord,
): Promise<{ ended: RunRecord; result: ProfileResult | null }> {
  const stream = await client.runs.watch({ runId: id });
  for await (const update of stream) {
    printProgress(output.note, update);
    if (update.kind === "ended") return { ended: update.record, result: update.result };
  }
  throw new AppError("internal", `The run ${id} ended without an end.`);
}

function printProgress(note: (text: string) => void, update: RunUpdate): void {
  if (update.kind !== "events" && update.kind !== "snapshot") return;
  for (const { atMs, service, text } of update.events) {
    note(`${(atMs / 1000).toFixed(1).padStart(6)} s  ${service === null ? "" : `${service}: `}${text}`);
  }
}

function failureOfRun({ failure }: RunRecord): AppError {
  if (failure === null) return new AppError("internal", "The run failed without a reason.");
  return new AppError(failure.code, failure.message, failure.hint === null ? {} : { hint: failure.hint });
}

/** 1 when any answer is no, else 5 when any is unknown, else 0; `--fail-on tight` counts tight as no. */
export function exitCodeOfAnswers(result: ProfileResult, failOnTight: boolean): number {
  const answers: Answer[] = result.targets.map((target) => target.verdict);
  if (answers.includes("does-not-fit") || (failOnTight && answers.includes("tight"))) return 1;
  return answers.includes("unknown") ? 5 : 0;
}

/** The verdicts, then what they are not about: what was another thing here. */
export function formatAnswers({ targets, substitutions }: ProfileResult): string {
  const standIns = substitutionLines("Ran with stand-ins:", substitutions);
  return [...targets.map(formatTarget), ...(standIns.length === 0 ? [] : [standIns.join("\n")])].join("\n\n");
}

function formatResult(result: ProfileResult): string {
  return [formatAnswers(result), `Run ${result.runId}. \`bayplan runs show ${result.runId}\` shows it again.`].join(
    "\n\n",
  );
}

/** The answer first, then the evidence. */
export function formatTarget(target: TargetResult): string {
  const lines = [`${answerWord(target.verdict)}: ${target.device.name} (${target.device.kind})`, target.headline, ""];
  const axes = Object.entries(target.axes).flatMap(([name, axis]) => (axis === undefined ? [] : [{ name, ...axis }]));
  lines.push(
    formatTable(axes, [
      { head: "AXIS", value: ({ name }) => name },
      { head: "ANSWER", value: ({ verdict }) => answerWord(verdict) },
      { head: "VALUE", right: true, value: ({ value, unit }) => quantity(value, unit) },
      { head: "MAY REACH", right: true, value: ({ high, unit }) => quantity(high, unit) },
      { head: "BUDGET", right: true, value: ({ limit, unit }) => quantity(limit, unit) },
      { head: "REASON", value: ({ reason }) => reason },
    ]),
    "",
    formatTable(Object.entries(target.services), [
      { head: "SERVICE", value: ([name]) => name },
      { head: "MEMORY PEAK", right: true, value: ([, { memoryPeakBytes }]) => quantity(memoryPeakBytes, "bytes") },
      {
        head: "KERNEL PEAK",
        right: true,
        value: ([, { memoryKernelPeakBytes }]) => quantity(memoryKernelPeakBytes, "bytes"),
      },
      {
        head: "CPU P95",
        right: true,
        value: ([, { deviceCpuCores }]) => quantity(deviceCpuCores?.p95 ?? null, "cores"),
      },
      {
        head: "CPU SECONDS",
        right: true,
        value: ([, { cpuSeconds }]) => (cpuSeconds === null ? "-" : cpuSeconds.toFixed(1)),
      },
      { head: "OOM KILLS", right: true, value: ([, { oomKills }]) => String(oomKills ?? "-") },
      { head: "RESTARTS", right: true, value: ([, { restarts }]) => String(restarts) },
    ]),
  );
  const { envelope } = target;
  lines.push(
    "",
    `Envelope: ${envelope.mode}, ${envelope.speedSource}`,
    ...envelope.missing.map((text) => `  left off: ${text}`),
  );
  for (const { service, key, proposed, reason } of target.advice)
    lines.push(`Advice: ${service} ${key}: ${proposed} (${reason})`);
  for (const { axis, reason } of target.notJudged) lines.push(`Not judged: ${axis}, ${reason}`);
  return lines.join("\n");
}

function quantity(value: number | null, unit: "bytes" | "cores" | "seconds" | "bytesPerDay"): string {
  if (value === null) return "-";
  if (unit === "cores") return coresText(value, 2);
  if (unit === "seconds") return `${value.toFixed(0)} s`;
  return unit === "bytes" ? bytesText(value) : `${bytesText(value)}/d`;
}
