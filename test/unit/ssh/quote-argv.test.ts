import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { quoteArgv } from "../../../src/main/ssh/index.ts";
import { AppError } from "../../../src/shared/domain/index.ts";

const shells = [["/bin/sh"], ["/bin/dash"], ["/bin/bash"], ["/bin/busybox", "sh"], ["/usr/bin/busybox", "sh"]].filter(
  ([program]) => program !== undefined && existsSync(program),
);

/** What a real shell makes of the line. */
function wordsOf(shell: readonly string[], line: string): string[] {
  const [program = "", ...args] = shell;
  const output = execFileSync(program, [...args, "-c", `for w in ${line}; do printf '%s\\0' "$w"; done`], {
    encoding: "utf8",
  });
  return output.split("\0").slice(0, -1);
}

/** Text that a process can be given: no NUL, no half surrogates. */
const word = fc.string({ unit: "binary", maxLength: 40 }).filter((text) => !text.includes("\0"));
const shellWord = fc.string({ unit: fc.constantFrom(..."'\"$`\\ \n\t;&|<>(){}[]*?~!#%=-ab"), maxLength: 30 });

describe("quoteArgv", () => {
  it("has a POSIX shell to be tried on", () => {
    expect(shells.length).toBeGreaterThan(1);
  });

  test.prop([fc.array(fc.oneof(word, shellWord), { minLength: 1, maxLength: 30 })], { numRuns: 60 })(
    "gives a line that every shell takes apart into the same words",
    (words) => {
      for (const shell of shells) expect(wordsOf(shell, quoteArgv(words))).toEqual(words);
    },
  );

  it("leaves plain words plain, for people who read logs", () => {
    expect(quoteArgv(["docker", "ps", "--all", "a=b", ""])).toBe("docker ps --all 'a=b' ''");
  });

  it("refuses NUL", () => {
    expect(() => quoteArgv(["a\0b"])).toThrow(AppError);
  });
});
