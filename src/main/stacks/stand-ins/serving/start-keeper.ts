import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AppError } from "../../../../shared/domain/index.ts";
import { packageFolder } from "../../../store/index.ts";
import { keeperAnswerSchema, keepLine } from "./keeper-messages.ts";
import type { ServingPlan } from "./serving-plan.ts";

/** A process that serves the stand-ins of a stack. It is let go of with `keep`, or ended with `end`. */
export interface Keeper {
  pacUrl: string | null;
  /** The stack is up: from now on it lives as long as the stack's containers. */
  keep(): Promise<void>;
  /** Ends it, when it was not let go of before. */
  end(): Promise<void>;
}

/**
 * Starts a keeper for a plan and waits until everything is served.
 * @throws AppError what it could not make.
 */
export async function startKeeper(plan: ServingPlan): Promise<Keeper> {
  const program = join(packageFolder(), "out", "main", "keep-stand-ins.js");
  const keeper = spawn(process.execPath, [program], {
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    // In the window the same binary is Electron, which is Node only when it is told so.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
  });
  const exited = once(keeper, "exit");
  // What a process that has ended can no longer be told; that it has is seen by its missing answer.
  keeper.stdin.on("error", () => undefined);
  let complaint = "";
  keeper.stderr.on("data", (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString()}`.slice(-2_000);
  });
  let isKept = false;
  const end = async () => {
    if (isKept) return;
    keeper.stdin.end();
    await exited;
  };
  keeper.stdin.write(`${JSON.stringify({ plan })}\n`);
  try {
    const pacUrl = await answerOf(createInterface({ input: keeper.stdout }), () => complaint);
    return {
      pacUrl,
      end,
      async keep() {
        await new Promise((resolve) => keeper.stdin.end(`${keepLine}\n`, () => resolve(undefined)));
        isKept = true;
        keeper.stdout.destroy();
        keeper.stderr.destroy();
        keeper.unref();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function answerOf(lines: AsyncIterable<string>, complaint: () => string): Promise<string | null> {
  for await (const line of lines) {
    const answer = keeperAnswerSchema.parse(JSON.parse(line));
    if ("ready" in answer) return answer.ready.pacUrl;
    const { code, message, hint } = answer.failure;
    throw new AppError(code, message, hint === null ? {} : { hint });
  }
  throw new Error(`The process that serves stand-ins ended before it was ready: ${complaint()}`);
}
