import type { StackFile, StackFileRole } from "../../../shared/domain/index.ts";

const words: Record<StackFileRole, string> = {
  stack: "opened",
  override: "laid over it",
  include: "included",
  extends: "extended from",
  variables: "variables",
  "env-file": "environment",
  "label-file": "labels",
  dockerfile: "build",
  blueprint: "blueprint",
};

/** What a file is for its stack, in two words. */
export function roleWord({ role, missing }: StackFile): string {
  return missing ? `${words[role]}, missing` : words[role];
}
