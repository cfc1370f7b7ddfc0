import type { StackCheckRequest } from "../../shared/contract/index.ts";
import { AppError, type CheckFinding, type CheckResult } from "../../shared/domain/index.ts";
import { checkStack, fixStack, type StackCheck } from "../stacks/index.ts";
import { budgetOf, type Known } from "./budgets.ts";

/** More findings than this help nobody; the rest is counted. */
const maxFindings = 1000;

/** Checks a stack for a system and a device, and mends it or asks a scanner when asked; nothing of it runs. Throws as the contract says. */
export async function checkStackFor(
  { device, fix, only, scan, ...chosen }: StackCheckRequest,
  known: Known,
  signal: AbortSignal,
): Promise<CheckResult> {
  const budget = device === null ? null : await budgetOf({ kind: "named", name: device }, known);
  const request = { ...chosen, device: budget, environment: process.env };
  if (fix === "no") {
    const wish = scan ? { scan: { path: process.env.PATH, signal } } : {};
    return { ...plain(await checkStack({ ...request, ...wish })), fixes: null };
  }
  if (scan) {
    throw new AppError("bad-input", "Nothing is scanned while a file is mended.", {
      hint: "Mend it first, then scan it: --fix, and after that --scan.",
    });
  }
  const mended = await fixStack(
    request,
    ({ rule, place }) => only === null || (rule === only.rule && place?.file === only.file && place.line === only.line),
  );
  if (fix === "write") await mended.write();
  const { files, fixed, left } = mended;
  const found = fix === "write" ? mended.after : mended.before;
  return {
    ...plain(found),
    fixes: { written: fix === "write", files, fixed, left: left.slice(0, maxFindings) },
  };
}

function plain({ file, target, checked, ignored, fit, scan, rules }: StackCheck): Omit<CheckResult, "fixes"> {
  return { file, target, findings: shown(checked.map(({ finding }) => finding)), ignored, fit, scan, rules };
}

/** Of very many findings, errors before the rest; in their order. */
function shown(findings: readonly CheckFinding[]): CheckFinding[] {
  if (findings.length <= maxFindings) return [...findings];
  const weight = { error: 0, warning: 1, info: 2 } as const;
  const first = [...findings].sort((a, b) => weight[a.severity] - weight[b.severity]).slice(0, maxFindings);
  const chosen = new Set(first);
  const message = `${findings.length - maxFindings} more findings are not listed.`;
  return [
    ...findings.filter((finding) => chosen.has(finding)),
    { rule: "check.more", severity: "info", message, hint: null, place: null, source: null, fixable: false },
  ];
}
