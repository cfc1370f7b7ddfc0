import {
  type Answer,
  AppError,
  type GateResult,
  type ProfileResult,
  type RunRecord,
  type RunReportFormat,
  type RunUpdate,
  type StackSelection,
  type TargetRequest,
  type TargetResult,
} from "../../../../shared/domain/index.ts";
import { answerWord, evidenceTexts, quantityText } from "../../../../shared/format/index.ts";
import type { Context } from "../context.ts";
import { findOnlineDevice } from "../find-device.ts";
import { printRun, type ReportFile, writeReports } from "../run-reports.ts";
import { substitutionLines } from "../substitution-lines.ts";
import { formatTable } from "../table.ts";
import { profileSeries } from "./profile-series.ts";
import { printFindings } from "./stacks.ts";

export interface ProfileOptions {
  stack: StackSelection;
  /** None: those of `bayplan.yaml`. */
  targets: TargetRequest[];
  /** Null: as `bayplan.yaml` says, else the default. */
  durationMs: number | null;
  warmUpMs: number | null;
  failOn: "does-not-fit" | "tight" | null;
  /** What is printed. */
  format: RunReportFormat | "text";
  /** What is written besides. */
  reports: ReportFile[];
  desktop: boolean;
  /** The device to run it on; null: this machine. */
  on: string | null;
  beside: boolean;
  /** How many measured runs; null: as `bayplan.yaml` says, else one. */
  repeat: number | null;
}

const defaultDurationMs = 120_000;
const defaultWarmUpMs = 10_000;

/** Runs a stack against each target and prints the verdicts. Ctrl-C cancels and cleans up. */
export async function profile(context: Context, options: ProfileOptions): Promise<number> {
  const { client, output, signal } = context;
  const plan = await client.runs.plan({ path: options.stack.file });
  const there = options.on === null ? null : await findOnlineDevice(context, options.on);
  const wished = options.targets.length > 0 ? options.targets : plan.targets;
  const targets: TargetRequest[] = there === null ? wished : [{ kind: "named", name: there.id }];
  if (targets.length === 0) {
    throw new AppError("bad-input", "There is nothing to judge the stack against.", {
      hint: "Name a board or a device (--device rpi-4b-2gb), or a budget (--budget memory=256MiB,cpus=0.5), here or as devices: and budgets: in bayplan.yaml.",
    });
  }
  const request = {
    ...options.stack,
    file: plan.file,
    ...(options.desktop ? { desktop: true } : {}),
    targets,
    ...(there === null ? {} : { on: there.id, beside: options.beside }),
    durationMs: options.durationMs ?? plan.durationMs ?? defaultDurationMs,
    warmUpMs: options.warmUpMs ?? plan.warmUpMs ?? defaultWarmUpMs,
  };
  const failOnTight = (options.failOn ?? plan.failOn) === "tight";
  const repeat = options.repeat ?? plan.repeat ?? 1;
  if (repeat > 1) {
    const { reports, format } = options;
    return profileSeries(context, { ...request, repeat }, { failOnTight, reports, format });
  }
  const record = await client.runs.start(request);
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
    await writeReports(context, record.id, options.reports, failOnTight);
    await printRun(context, { id: record.id, result, text: () => formatResult(result) }, options.format, failOnTight);
    return exitCodeOfAnswers(result.targets, failOnTight);
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/** Prints what happens in a run until it ends. */
export async function follow(
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

/** Why a run has no result. */
export function failureOfRun({ failure }: Pick<RunRecord, "failure">): AppError {
  if (failure === null) return new AppError("internal", "The run failed without a reason.");
  return new AppError(failure.code, failure.message, failure.hint === null ? {} : { hint: failure.hint });
}

/**
 * 1 when any answer is no or a gate was missed, else 5 when any is unknown, else 0; `--fail-on tight` counts tight as no.
 */
export function exitCodeOfAnswers(
  targets: readonly { verdict: Answer; gates?: readonly GateResult[] }[],
  failOnTight: boolean,
): number {
  const answers = targets.map((target) => target.verdict);
  const gates = targets.flatMap((target) => target.gates?.map(({ passed }) => passed) ?? []);
  if (answers.includes("does-not-fit") || (failOnTight && answers.includes("tight")) || gates.includes(false)) return 1;
  return answers.includes("unknown") || gates.includes(null) ? 5 : 0;
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
  const axes = Object.entries(target.axes).flatMap(([name, axis]) =>
    axis === undefined || name === "wear" ? [] : [{ name, ...axis }],
  );
  lines.push(
    formatTable(axes, [
      { head: "AXIS", value: ({ name }) => name },
      { head: "ANSWER", value: ({ verdict }) => answerWord(verdict) },
      { head: "VALUE", right: true, value: ({ value, unit }) => quantityText(value, unit) },
      { head: "MAY REACH", right: true, value: ({ high, unit }) => quantityText(high, unit) },
      { head: "BUDGET", right: true, value: ({ limit, unit }) => quantityText(limit, unit) },
      { head: "REASON", value: ({ reason }) => reason },
    ]),
    "",
    formatTable(Object.entries(target.services), [
      { head: "SERVICE", value: ([name]) => name },
      { head: "MEMORY PEAK", right: true, value: ([, { memoryPeakBytes }]) => quantityText(memoryPeakBytes, "bytes") },
      {
        head: "KERNEL PEAK",
        right: true,
        value: ([, { memoryKernelPeakBytes }]) => quantityText(memoryKernelPeakBytes, "bytes"),
      },
      {
        head: "CPU P95",
        right: true,
        value: ([, { deviceCpuCores }]) => quantityText(deviceCpuCores?.p95 ?? null, "cores"),
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
  for (const { axis, text, lines: printed } of evidenceTexts(target.axes)) {
    lines.push("", `${axis}, ${text}`, ...printed.map((line) => `    ${line}`));
  }
  const { envelope } = target;
  lines.push(
    "",
    `Envelope: ${envelope.mode}, ${envelope.speedSource}`,
    ...(envelope.cpuBand === undefined ? [] : [`CPU band: x ${envelope.cpuBand.value}, ${envelope.cpuBand.why}`]),
    ...envelope.missing.map((text) => `  left off: ${text}`),
  );
  for (const { service, key, proposed, reason } of target.advice)
    lines.push(`Advice: ${service} ${key}: ${proposed} (${reason})`);
  for (const { name, passed, text } of target.gates)
    lines.push(`Gate ${name}: ${passed === null ? "unknown" : passed ? "passed" : "failed"}. ${text}`);
  if (target.axes.wear !== undefined) lines.push(`Write wear: ${target.axes.wear.reason} Shown, never judged.`);
  for (const { axis, reason } of target.notJudged) lines.push(`Not judged: ${axis}, ${reason}`);
  return lines.join("\n");
}
