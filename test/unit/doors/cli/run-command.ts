import { createProgram } from "../../../../src/main/doors/cli/program.ts";

export interface CommandAnswer {
  code: number;
  /** What goes to stdout. */
  text: string;
}

/** Runs one command of the command line over the real core, in this process. Its failures are thrown. */
export async function runCommand(words: readonly string[], { json = false } = {}): Promise<CommandAnswer> {
  const lines: string[] = [];
  let code = 0;
  const program = createProgram({
    output: {
      json,
      value: (value) => {
        if (json) lines.push(JSON.stringify(value));
      },
      document: (text) => lines.push(text),
      text: (text) => {
        if (!json) lines.push(text);
      },
      note: () => undefined,
    },
    signal: new AbortController().signal,
    password: null,
    jumpPassword: null,
    serve: () => Promise.reject(new Error("no door here")),
    onExitCode: (given) => {
      code = given;
    },
  });
  await program.parseAsync([...words], { from: "user" });
  return { code, text: lines.join("\n") };
}
