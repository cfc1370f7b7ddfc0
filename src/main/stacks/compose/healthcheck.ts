import type { Healthcheck } from "../../../shared/domain/index.ts";
import { badValue, type Fields, fieldsOf } from "./fields.ts";
import type { TreeNode } from "./tree.ts";
import { readDurationMs, readFlag, readWhole, textOf, textsOf } from "./values.ts";

const kinds = ["NONE", "CMD", "CMD-SHELL"];

function readTest(fields: Fields, node: TreeNode): string[] {
  const what = `\`test\` of ${fields.owner}`;
  if (node.kind !== "list") {
    const text = textOf(fields.reading, node, what);
    return text === null ? [] : ["CMD-SHELL", text];
  }
  const test = textsOf(fields.reading, node, what);
  const isShort = test.length < 2 && test[0] !== "NONE";
  if (test.length > 0 && (!kinds.includes(test[0] ?? "") || isShort)) {
    badValue(fields.reading, node, `${what} must begin with NONE, CMD or CMD-SHELL, and then say what to run.`);
  }
  return test;
}

/** `healthcheck` of a service; an empty test leaves the image's own check with the times given here. */
export function readHealthcheck(fields: Fields): Healthcheck | null {
  const node = fields.get("healthcheck");
  const check = node === null ? null : fieldsOf(fields.reading, node, `\`healthcheck\` of ${fields.owner}`);
  if (check === null) return null;
  const testNode = check.get("test");
  const isDisabled = readFlag(check, "disable", false);
  const result: Healthcheck = {
    test: testNode === null ? [] : readTest(check, testNode),
    intervalMs: readDurationMs(check, "interval"),
    timeoutMs: readDurationMs(check, "timeout"),
    startPeriodMs: readDurationMs(check, "start_period"),
    retries: readWhole(check, "retries"),
  };
  check.finish();
  return isDisabled ? { ...result, test: ["NONE"] } : result;
}
