import type { StackCheckRequest } from "../../shared/contract/index.ts";
import type { CheckResult } from "../../shared/domain/index.ts";
import type { Fleet } from "../devices/index.ts";
import { checkStack, fixStack, type StackCheck } from "../stacks/index.ts";
import { budgetOf } from "./budgets.ts";

/** Checks a stack for a system and a device, and mends it when asked; nothing runs. Throws as the contract says. */
export async function checkStackFor(
  { file, target, device, fix }: StackCheckRequest,
  fleet: Fleet,
): Promise<CheckResult> {
  const budget = device === null ? null : await budgetOf({ kind: "named", name: device }, fleet);
  const request = { file, target, device: budget, environment: process.env };
  if (fix === "no") return { ...plain(await checkStack(request)), target, fixes: null };
  const mended = await fixStack(request);
  if (fix === "write") await mended.write();
  const { files, fixed, left } = mended;
  const found = fix === "write" ? mended.after : mended.before;
  return { ...plain(found), target, fixes: { written: fix === "write", files, fixed, left } };
}

function plain({ file, checked, ignored, fit, rules }: StackCheck): Omit<CheckResult, "target" | "fixes"> {
  return { file, findings: checked.map(({ finding }) => finding), ignored, fit, rules };
}
