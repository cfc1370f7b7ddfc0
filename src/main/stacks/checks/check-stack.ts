import { basename, dirname } from "node:path";
import {
  AppError,
  type Budget,
  type CheckFinding,
  type CheckTarget,
  type Finding,
  type RuleInfo,
  type RuleSeverity,
  type ScanResult,
  type StackFormat,
  type StackSelection,
  type StaticFit,
  stackSelection,
} from "../../../shared/domain/index.ts";
import { type BayplanFile, readBayplanFile, silenceable } from "../bayplan-file/bayplan-file.ts";
import { composeFilesOf, withChoices } from "../compose/chosen-files.ts";
import { withComposeFile } from "../compose/compose-file-variable.ts";
import { ModelProblem, type ModelRemark, type Remark } from "../compose/model-problem.ts";
import type { Environment, ProjectRequest } from "../compose/open-project.ts";
import { type OpenedProject, openProject } from "../compose/open-project.ts";
import { isDockerfile } from "../formats/balena/signs.ts";
import { type NamedStack, nameStack, projectRequestOf } from "../formats/name-stack.ts";
import { type ScanWish, scanImages } from "../scan/scan-images.ts";
import { type ScanRule, scanRules } from "../scan/scan-rules.ts";
import { type IgnoreComment, ignoreComments } from "./ignore-comments.ts";
import type { Report, Rule } from "./rule.ts";
import { staticFit } from "./rules/device-fit.ts";
import { rulesFor } from "./rules.ts";
import { type CheckSubject, checkedServices } from "./subject.ts";

/** A stack, and what is said beside its file. */
export interface CheckRequest extends Partial<Omit<StackSelection, "file">> {
  /** A file in any format, or a folder that holds one. */
  file: string;
  /** Null: the system that the format belongs to. */
  target: CheckTarget | null;
  /** What the device that the stack is meant for has; null when none is named. */
  device: Budget | null;
  environment: Environment;
  /** Texts that count instead of what is on disk, by absolute path. */
  texts?: ReadonlyMap<string, string>;
  /** Asks an installed scanner about the images, too. */
  scan?: ScanWish;
}

/** A finding with how it is mended. */
export interface Checked {
  finding: CheckFinding;
  fix: Report["fix"];
}

export interface StackCheck {
  /** Absolute path of the (first) file. */
  file: string;
  target: CheckTarget;
  /** In the order of the file. */
  checked: readonly Checked[];
  ignored: number;
  fit: StaticFit | null;
  /** Null when nobody asked for it, or the file cannot be read. */
  scan: ScanResult | null;
  rules: RuleInfo[];
  /** Null while the file cannot be read. */
  opened: OpenedProject | null;
}

/**
 * Checks a stack without running anything of it: what its files say, for a system and a device.
 * What keeps the file from being read is a finding, too.
 * @throws AppError `not-found` or `bad-input` when there is no file to check, or `bayplan.yaml` beside it cannot be read,
 * `cancelled` while it scans.
 */
export async function checkStack(request: CheckRequest): Promise<StackCheck> {
  const outside: ModelRemark[] = [];
  const chosen = await namedFiles(request, (entry) => outside.push(entry));
  const named = await nameStack(stackSelection(chosen.file, chosen), request.environment, () => undefined);
  const { file } = named.source;
  const target = request.target ?? targetOf[named.format];
  const settings = await readBayplanFile(dirname(file));
  const active = rulesFor(target);
  const speaking = [...active, ...(request.scan === undefined ? [] : scanRules)];
  const ruleInfos = speaking.map(({ id, severity, title, source }) => ({
    id,
    severity: severityIn(settings, id, severity),
    title,
    source,
  }));
  const found: Checked[] = [];
  const remark = (entry: ModelRemark) => {
    const severity = severityIn(settings, entry.rule, entry.severity);
    if (severity !== "off") found.push(unfixable({ ...entry, severity }));
  };
  for (const entry of outside) remark(entry);
  const opened = await openOrFindings(chosen, named, remark, found);
  if (opened === null) {
    return { file, target, checked: inOrder(found), ignored: 0, fit: null, scan: null, rules: ruleInfos, opened };
  }
  const subject = subjectOf(opened, target, request.device);
  for (const rule of active)
    for (const checked of judge(rule, subject, settings))
      found.push(isRead(named) ? checked : unfixable(checked.finding));
  const scan = request.scan === undefined ? null : await scanImages(subject.services, request.scan);
  for (const finding of scan?.findings ?? []) {
    const severity = severityIn(settings, finding.rule, ruleSeverityOf(scanRules, finding.rule));
    if (severity !== "off") found.push({ finding: { ...finding, severity }, fix: undefined });
  }
  const { kept, ignored } = withoutIgnored(found, opened.texts, new Set(speaking.map(({ id }) => id)));
  return {
    file,
    target,
    checked: inOrder(kept),
    ignored,
    fit: request.device === null ? null : staticFit(subject.services, request.device),
    scan: scan?.result ?? null,
    rules: ruleInfos,
    opened,
  };
}

/** A request for a folder with COMPOSE_FILE as one for the files that it names. */
export async function namedFiles(request: CheckRequest, remark: Remark): Promise<CheckRequest> {
  const named = stackSelection(request.file, request);
  const { file, moreFiles, envFiles } = await withComposeFile(named, request.environment, remark);
  return { ...request, file, moreFiles, envFiles };
}

/** The system that people have a format for. */
const targetOf: Readonly<Record<StackFormat, CheckTarget>> = {
  compose: "docker",
  balena: "balena",
  particle: "particle",
  telemetryos: "telemetryos",
  kanto: "kanto",
  "docker-run": "docker",
};

/** True for compose files, whoever they are for: they are checked as they are written, before a system drops keys. */
function isRead({ format, source }: NamedStack): boolean {
  return format === "compose" || format === "particle" || (format === "balena" && !isDockerfile(basename(source.file)));
}

/** A folder means its override file, too; a blueprint names another file. */
function composeFileOf({ file }: CheckRequest, { format, source }: NamedStack): string {
  return format === "particle" ? source.file : file;
}

function ruleSeverityOf(rules: readonly ScanRule[], id: string): RuleSeverity {
  return rules.find((rule) => rule.id === id)?.severity ?? "warning";
}

function severityIn(settings: BayplanFile, id: string, own: RuleSeverity): RuleSeverity {
  return Object.hasOwn(settings.rules, id) ? (settings.rules[id] ?? own) : own;
}

async function openOrFindings(
  request: CheckRequest,
  named: NamedStack,
  remark: (entry: ModelRemark) => void,
  found: Checked[],
): Promise<OpenedProject | null> {
  try {
    if (!isRead(named)) return await openProject(await projectRequestOf(named, request.environment, remark), remark);
    const files = await composeFilesOf([composeFileOf(request, named), ...named.source.moreFiles]);
    return await openProject(projectToCheck(request, files), remark);
  } catch (error) {
    if (error instanceof ModelProblem) {
      for (const { rule, message, hint, place } of [error, ...error.others]) {
        found.push(unfixable({ rule, severity: "error", message, hint, place }));
      }
    } else if (error instanceof AppError) {
      // A file that belongs to the stack without being named in it, such as `.env`.
      const place = { file: named.source.file, line: 1, column: 1 };
      const { message, hint } = error;
      found.push(unfixable({ rule: "compose.file", severity: "error", message, hint, place }));
    } else throw error;
    return null;
  }
}

/** What a check opens of compose files, and a fix opens again. */
export function projectToCheck(request: CheckRequest, files: readonly string[]): ProjectRequest {
  const { file, environment, texts } = request;
  return { ...withChoices(stackSelection(file, request)), files, environment, ...(texts !== undefined && { texts }) };
}

function unfixable(finding: Finding): Checked {
  return { finding: { ...finding, source: null, fixable: false }, fix: undefined };
}

function subjectOf({ project, texts }: OpenedProject, target: CheckTarget, device: Budget | null): CheckSubject {
  const lines = new Map([...texts].map(([file, text]) => [file, text.split("\n")]));
  return { project, services: checkedServices(project), target, device, lines };
}

function judge(rule: Rule, subject: CheckSubject, settings: BayplanFile): Checked[] {
  const severity = severityIn(settings, rule.id, rule.severity);
  if (severity === "off") return [];
  return [...rule.check(subject)].map(({ place, message, hint, fix }) => ({
    finding: { rule: rule.id, severity, message, hint, place, source: rule.source, fixable: fix !== undefined },
    fix,
  }));
}

/** What a comment silences is left out; a comment that silences nothing is said, since it hides what comes later. */
function withoutIgnored(
  found: readonly Checked[],
  texts: ReadonlyMap<string, string>,
  active: ReadonlySet<string>,
): { kept: Checked[]; ignored: number } {
  const comments = [...texts].flatMap(([file, text]) => (/\.ya?ml$/.test(file) ? ignoreComments(file, text) : []));
  const byKey = new Map<string, IgnoreComment[]>();
  const keyOf = (rule: string, file: string, line: number) => `${rule} ${line} ${file}`;
  for (const comment of comments) {
    const key = keyOf(comment.rule, comment.place.file, comment.line);
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, [comment]);
    else same.push(comment);
  }
  const used = new Set<IgnoreComment>();
  const kept = found.filter(({ finding }) => {
    const { place, rule, severity } = finding;
    // An error of the file itself cannot be wished away.
    if (place === null || (severity === "error" && rule.startsWith("compose."))) return true;
    const silencing = byKey.get(keyOf(rule, place.file, place.line)) ?? [];
    for (const comment of silencing) used.add(comment);
    return silencing.length === 0;
  });
  const ignored = found.length - kept.length;
  for (const comment of comments) {
    // A rule of another system may speak there when that one is asked for.
    if (used.has(comment) || (!active.has(comment.rule) && silenceable.has(comment.rule))) continue;
    kept.push(unfixable(unusedComment(comment.rule, comment.place, active)));
  }
  return { kept, ignored };
}

function unusedComment(rule: string, place: Finding["place"], active: ReadonlySet<string>): Finding {
  const message = active.has(rule)
    ? `Nothing is left for this comment to silence: \`${rule}\` does not speak at that line.`
    : `There is no rule \`${rule}\` for this comment to silence.`;
  const hint = active.has(rule) ? "Take it away." : "`bayplan check FILE --format json` lists the rules.";
  return { rule: "check.unused-ignore", severity: active.has(rule) ? "info" : "warning", message, hint, place };
}

/** In the order of the files and lines, findings without a place first. */
function inOrder(found: readonly Checked[]): Checked[] {
  const files = [...new Set(found.map(({ finding }) => finding.place?.file ?? ""))];
  const rank = ({ finding: { place } }: Checked): number[] =>
    place === null ? [-1, 0, 0] : [files.indexOf(place.file), place.line, place.column];
  return found
    .map((checked) => ({ checked, rank: rank(checked) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ checked }) => checked);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    if (value !== other) return value - other;
  }
  return 0;
}
