import { join } from "node:path";
import { budgetOfModel, findModel } from "../../../../src/main/profiling/index.ts";
import { type CheckRequest, checkStack, type StackCheck } from "../../../../src/main/stacks/index.ts";
import { checkTargetSchema } from "../../../../src/shared/domain/index.ts";
import { folderWith } from "../compose/stack-folder.ts";

/** What is checked, with the words of a command line: `--target balena --device rpi-4b-2gb`. */
export async function requestFor(file: string, words = ""): Promise<CheckRequest> {
  const list = words.split(/\s+/);
  const after = (option: string) => list[list.indexOf(option) + 1] ?? "";
  const target = list.includes("--target") ? checkTargetSchema.parse(after("--target")) : "docker";
  const device = list.includes("--device") ? budgetOfModel(await findModel(after("--device"))) : null;
  return { file, target, device, environment: {} };
}

/** Checks a text as the compose file of a folder of its own, with other files beside it. */
export async function check(
  text: string,
  words = "",
  files: Record<string, string | Uint8Array> = {},
): Promise<StackCheck> {
  const folder = await folderWith({ "compose.yaml": text, ...files });
  return checkStack(await requestFor(join(folder, "compose.yaml"), words));
}

/** Findings as `severity rule line:column`, in their order. */
export function brief({ checked }: StackCheck): string[] {
  return checked.map(
    ({ finding: { severity, rule, place } }) => `${severity} ${rule} ${place?.line ?? "-"}:${place?.column ?? "-"}`,
  );
}
