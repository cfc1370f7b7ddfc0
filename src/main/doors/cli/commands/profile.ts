import {
  type Answer,
  AppError,
  type AskedLoad,
  type GateResult,
  type ProfileResult,
  type RunId,
  type RunReportFormat,
  type StackSelection,
  type TargetRequest,
  type TargetResult,
} from "../../../../shared/domain/index.ts";
import { answerWord, evidenceTexts, quantityText } from "../../../../shared/format/index.ts";
import type { Context } from "../context.ts";
import { findOnlineDevice } from "../find-device.ts";
import { followRun } from "../follow-run.ts";
import { loadLines, proofLines } from "../load-lines.ts";
import { printRun, type ReportFile, writeReports } from "../run-reports.ts";
import { substitutionLines } from "../substitution-lines.ts";
import { formatTable } from "../table.ts";
import { profileSeries } from "./profile-series.ts";
import { exitCodeOfProof, proveTarget } from "./prove.ts";
import { printFindings } from "./stacks.ts";

export interface ProfileOptions {
  stack: StackSelection;
  /** None: those of `bayplan.yaml`. */
  targets: TargetRequest[];
  /** Null: as `bayplan.yaml` says, else the default. */
  durationMs: number | null;
  warmUpMs: number | null;
  /** None: as `bayplan.yaml` says. */
  load: AskedLoad[];
  /** Runs it again under the limits that come out of it. */
  prove: boolean;
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
  const { client } = context;
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
    ...(options.load.length === 0 ? {} : { load: options.load }),
  };
  const failOnTight = (options.failOn ?? plan.failOn) === "tight";
  const repeat = options.repeat ?? plan.repeat ?? 1;
  if (repeat > 1) {
    if (options.prove) {
      throw new AppError("bad-input", "--prove is about one run, and this is a series.", {
        hint: "Leave --prove out; `bayplan prove RUN` proves the limits of one of its runs.",
      });
    }
    const { reports, format } = options;
    return profileSeries(context, { ...request, repeat }, { failOnTight, reports, format });
  }
  const record = await client.runs.start(request);
  printFindings(context, record.findings);
  const measured = await followRun(context, record);
  const result = options.prove ? await proven(context, record.id, measured) : measured;
  await writeReports(context, record.id, options.reports, failOnTight);
  await printRun(context, { id: record.id, result, text: () => formatResult(result) }, options.format, failOnTight);
  const code = exitCodeOfAnswers(result.targets, failOnTight);
  return code === 0 && options.prove ? worstProof(result) : code;
}

/** The result with a proof of each target that fits; limits of one that does not fit prove nothing. */
async function proven(context: Context, runId: RunId, measured: ProfileResult): Promise<ProfileResult> {
  for (const [target, { verdict, device }] of measured.targets.entries()) {
    if (verdict === "fits" || verdict === "tight") await proveTarget(context, runId, target);
    else context.output.note(`The limits for ${device.label} are not proven: it has to fit first.`);
  }
  const { result } = await context.client.runs.get({ runId });
  return result ?? measured;
}

/** 1 when any proof failed, else 5 when any could not be told. */
function worstProof({ targets }: ProfileResult): number {
  const codes = targets.flatMap(({ proof }) => (proof === null ? [] : [exitCodeOfProof(proof)]));
  return codes.includes(1) ? 1 : Math.max(0, ...codes);
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
  lines.push(...loadLines(target.load));
  for (const { service, key, proposed, reason } of target.advice)
    lines.push(`Advice: ${service} ${key}: ${proposed} (${reason})`);
  lines.push(...proofLines(target.proof));
  for (const { name, passed, text } of target.gates)
    lines.push(`Gate ${name}: ${passed === null ? "unknown" : passed ? "passed" : "failed"}. ${text}`);
  if (target.axes.wear !== undefined) lines.push(`Write wear: ${target.axes.wear.reason} Shown, never judged.`);
  for (const { axis, reason } of target.notJudged) lines.push(`Not judged: ${axis}, ${reason}`);
  return lines.join("\n");
}
