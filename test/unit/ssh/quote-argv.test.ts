import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { quoteArgv } from "../../../src/main/ssh/index.ts";
import { AppError } from "../../../src/shared/domain/index.ts";

const shells = [["/bin/sh"], ["/bin/dash"], ["/bin/bash"], ["/bin/busybox", "sh"], ["/usr/bin/busybox", "sh"]].filter(
  ([program]) => program !== undefined && existsSync(program),
);

/** What a real shell makes of each line. All in one process: starting one is what takes time here. */
function wordsOf(shell: readonly string[], lines: readonly string[]): string[][] {
  const [program = "", ...args] = shell;
  const script = lines.map((line) => `set -- ${line}; printf '%s\\0' "$#" "$@"`).join("\n");
  const said = execFileSync(program, [...args, "-c", script], { encoding: "utf8" }).split("\0");
  let at = 0;
  return lines.map(() => {
    const count = Number(said[at]);
    at += 1 + count;
    return said.slice(at - count, at);
  });
}

/** Text that a process can be given: no NUL, no half surrogates. */
const word = fc.string({ unit: "binary", maxLength: 40 }).filter((text) => !text.includes("\0"));
const shellWord = fc.string({ unit: fc.constantFrom(..."'\"$`\\ \n\t;&|<>(){}[]*?~!#%=-ab"), maxLength: 30 });

describe("quoteArgv", () => {
  it("has a POSIX shell to be tried on", () => {
    expect(shells.length).toBeGreaterThan(1);
  });

  const argv = fc.array(fc.oneof(word, shellWord), { minLength: 1, maxLength: 30 });
  test.prop([fc.array(argv, { minLength: 1, maxLength: 20 })], { numRuns: 10 })(
    "gives a line that every shell takes apart into the same words",
    (lists) => {
      for (const shell of shells) expect(wordsOf(shell, lists.map(quoteArgv))).toEqual(lists);
    },
  );

  it("leaves plain words plain, for people who read logs", () => {
    expect(quoteArgv(["docker", "ps", "--all", "a=b", ""])).toBe("docker ps --all 'a=b' ''");
  });

  it("refuses NUL", () => {
    expect(() => quoteArgv(["a\0b"])).toThrow(AppError);
  });
});
