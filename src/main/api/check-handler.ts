import type { StackCheckRequest } from "../../shared/contract/index.ts";
import type { CheckFinding, CheckResult } from "../../shared/domain/index.ts";
import type { Fleet } from "../devices/index.ts";
import { checkStack, fixStack, type StackCheck } from "../stacks/index.ts";
import { budgetOf } from "./budgets.ts";

/** More findings than this help nobody; the rest is counted. */
const maxFindings = 1000;

/** Checks a stack for a system and a device, and mends it when asked; nothing runs. Throws as the contract says. */
export async function checkStackFor({ device, fix, ...chosen }: StackCheckRequest, fleet: Fleet): Promise<CheckResult> {
  const budget = device === null ? null : await budgetOf({ kind: "named", name: device }, fleet);
  const request = { ...chosen, device: budget, environment: process.env };
  if (fix === "no") return { ...plain(await checkStack(request)), fixes: null };
  const mended = await fixStack(request);
  if (fix === "write") await mended.write();
  const { files, fixed, left } = mended;
  const found = fix === "write" ? mended.after : mended.before;
  return {
    ...plain(found),
    fixes: { written: fix === "write", files, fixed, left: left.slice(0, maxFindings) },
  };
}

function plain({ file, target, checked, ignored, fit, rules }: StackCheck): Omit<CheckResult, "fixes"> {
  return { file, target, findings: shown(checked.map(({ finding }) => finding)), ignored, fit, rules };
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
