import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { LoadFigures, ScriptJob } from "../load-job.ts";
import type { Generator } from "./generator.ts";
import { lastLines } from "./last-lines.ts";

const graceMs = 2000;
const keptBytes = 8 * 1024;

/**
 * Runs a program of this machine in a process group of its own, without a shell. When it ends, and when it is stopped, the whole
 * group ends: SIGTERM, and after two seconds SIGKILL.
 */
export function generateByScript(job: ScriptJob, onEnded: () => void): Generator {
  const [program = "", ...words] = job.run;
  const child = spawn(program, words, {
    cwd: job.folder,
    env: { ...process.env, ...job.environment },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let sinceMs = performance.now();
  let output = "";
  let exitCode: number | null = null;
  let problem: string | null = null;
  let stopping = false;
  const take = (chunk: Buffer) => {
    output = `${output}${chunk.toString("utf8")}`.slice(-keptBytes);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const exited = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      problem = `it could not be started: ${error.message}`;
      resolve();
    });
    child.once("exit", (code, signal) => {
      if (!stopping) exitCode = code;
      if (!stopping && signal !== null) problem = `it was ended by ${signal}`;
      signalGroup(child, "SIGKILL");
      resolve();
    });
  }).then(() => {
    if (!stopping) onEnded();
  });
  return {
    mark: () => {
      sinceMs = performance.now();
    },
    async stop(): Promise<LoadFigures> {
      const seconds = (performance.now() - sinceMs) / 1000;
      stopping = child.exitCode === null && child.signalCode === null;
      if (stopping) {
        signalGroup(child, "SIGTERM");
        const late = setTimeout(() => signalGroup(child, "SIGKILL"), graceMs);
        await exited;
        clearTimeout(late);
      }
      await drained(child);
      const none = { sent: null, answered: null, errors: null, latencyMs: null };
      return { seconds, ...none, problem, exitCode, output: lastLines(output) };
    },
  };
}

/** What it printed last is on its way when it has ended already. */
async function drained({ stdout, stderr }: ChildProcess): Promise<void> {
  const ends = [stdout, stderr].flatMap((stream) =>
    stream === null || stream.readableEnded ? [] : [once(stream, "close")],
  );
  await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, 200))]);
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Nobody is left in the group, or nobody who is ours.
    const isGone = error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM");
    if (!isGone) throw error;
  }
}
