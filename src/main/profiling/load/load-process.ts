import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { saidWords } from "../../../shared/format/index.ts";
import { packageFolder } from "../../store/index.ts";
import { type LoadFigures, type LoadJob, loadAnswerSchema } from "./load-job.ts";

/** It has up to its script's grace of 2 s, and what a busy machine adds. */
const stopWaitMs = 8000;

/** A process of its own that makes one load, so that what that takes is neither the stack's nor this process's. */
export interface LoadProcess {
  /** Resolves once it makes load, or has ended without. */
  readonly begun: Promise<void>;
  mark(): void;
  /** Ends it with all that it started; what was seen since the mark. May be called again. */
  stop(): Promise<LoadFigures>;
}

/** Starts it. `onEnded`: what it runs has ended by itself. It ends with this process, however that ends. */
export function startLoadProcess(job: LoadJob, onEnded: () => void): LoadProcess {
  const child = spawn(process.execPath, [join(packageFolder(), "out", "main", "make-load.js")], {
    // A session of its own: Ctrl-C in the terminal is for Bayplan, which then ends it in order.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    // In the window the same binary is Electron, which is Node only when it is told so.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
  });
  // That it has ended is seen by its missing answer.
  child.stdin.on("error", () => undefined);
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString()}`.slice(-2000);
  });
  child.once("error", (error) => {
    complaint ||= error.message;
  });
  const begun = new Begun();
  const answers = figuresOf(createInterface({ input: child.stdout }), begun.tell, onEnded).finally(begun.tell);
  // What it says wrongly is thrown when it is asked for its figures.
  answers.catch(() => undefined);
  const order = (value: unknown) => {
    if (child.stdin.writable) child.stdin.write(`${JSON.stringify(value)}\n`);
  };
  order({ job });
  let stopping: Promise<LoadFigures> | null = null;
  async function end(): Promise<LoadFigures> {
    child.stdin.end();
    const late = setTimeout(() => child.kill("SIGKILL"), stopWaitMs);
    try {
      const figures = await answers;
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) await once(child, "exit");
      return figures ?? broken(complaint);
    } finally {
      clearTimeout(late);
    }
  }
  return {
    begun: begun.promise,
    mark: () => order({ mark: true }),
    stop: () => {
      stopping ??= end();
      return stopping;
    },
  };
}

/** A promise that is kept from outside. */
class Begun {
  tell: () => void = () => undefined;
  readonly promise = new Promise<void>((resolve) => {
    this.tell = resolve;
  });
}

/** Null when it ended without figures. */
async function figuresOf(
  lines: AsyncIterable<string>,
  onBegun: () => void,
  onEnded: () => void,
): Promise<LoadFigures | null> {
  let figures: LoadFigures | null = null;
  for await (const line of lines) {
    const answer = loadAnswerSchema.parse(JSON.parse(line));
    if ("figures" in answer) figures = answer.figures;
    else if ("begun" in answer) onBegun();
    else onEnded();
  }
  return figures;
}

function broken(complaint: string): LoadFigures {
  const words = saidWords(complaint.split("\n").find((line) => /Error/.test(line)) ?? complaint, 200);
  return {
    seconds: 0,
    sent: null,
    answered: null,
    errors: null,
    latencyMs: null,
    problem: `the process that makes it ended${words === "" ? "" : `: ${words}`}`,
    exitCode: null,
    output: [],
  };
}
