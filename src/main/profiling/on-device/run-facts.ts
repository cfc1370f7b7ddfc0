import { AppError } from "../../../shared/domain/index.ts";
import { ReplyReader } from "../../engines/index.ts";
import type { SshConnection, SshProcess } from "../../ssh/index.ts";
import { factsScript } from "./facts-script.ts";

/** What a device says of one container besides levels and CPU time; null is "this kernel does not say". */
export interface ContainerFacts {
  memoryKernelPeakBytes: number | null;
  throttledSeconds: number | null;
  oomKills: number | null;
  swapBytes: number | null;
  /** Time on a CPU in ms, by thread. */
  threads: Map<number, { name: string; cpuMs: number }>;
}

const answerMs = 4_000;
const nsPerMs = 1e6;

/** Reads the lines of one answer. Throws `engine-failed` for what is none of them: garbage is an error, never a zero. */
export function parseFacts(lines: readonly string[], version: 1 | 2): Map<string, ContainerFacts> {
  const found = new Map<string, ContainerFacts>();
  for (const line of lines) {
    if (line === "") continue;
    const facts = /^k ([0-9a-f]{64}) (\d+|-) (\d+|-) (\d+|-) (\d+|-)$/.exec(line);
    const thread = /^x ([0-9a-f]{64}) (\d+) (\d+) (.*)$/.exec(line);
    if (facts !== null) {
      const [, id = "", peak = "-", throttled = "-", oom = "-", swap = "-"] = facts;
      const raw = numberOf(throttled);
      found.set(id, {
        memoryKernelPeakBytes: numberOf(peak),
        throttledSeconds: raw === null ? null : raw / (version === 1 ? 1e9 : 1e6),
        oomKills: numberOf(oom),
        swapBytes: numberOf(swap),
        threads: new Map(),
      });
    } else if (thread !== null) {
      const [, id = "", tid = "", ns = "", name = ""] = thread;
      found.get(id)?.threads.set(Number(tid), { name, cpuMs: Number(ns) / nsPerMs });
    } else {
      const message = `The device says what cannot be read: ${JSON.stringify(line.slice(0, 120))}.`;
      throw new AppError("engine-failed", message);
    }
  }
  return found;
}

function numberOf(text: string): number | null {
  return text === "-" ? null : Number(text);
}

/** Asks a device for the facts of some containers, over one channel of its own. Whoever opens it closes it. */
export class RunFacts {
  readonly #process: SshProcess;
  readonly #replies: ReplyReader;
  readonly #version: 1 | 2;
  #number = 0;

  private constructor(process: SshProcess, replies: ReplyReader, version: 1 | 2) {
    this.#process = process;
    this.#replies = replies;
    this.#version = version;
  }

  /** Throws what the connection throws, `timed-out` and `engine-failed`. */
  static async open(connection: SshConnection): Promise<RunFacts> {
    const process = await connection.start(["sh", "-c", factsScript]);
    try {
      const replies = new ReplyReader(process);
      const header = /^h ([12])$/.exec(await replies.line(performance.now() + answerMs));
      if (header === null) throw new AppError("engine-failed", "The device's shell does not read its control groups.");
      return new RunFacts(process, replies, header[1] === "2" ? 2 : 1);
    } catch (error) {
      process.close();
      throw error;
    }
  }

  /** One question at a time. Throws as `open` does. */
  async ask(containerIds: readonly string[]): Promise<Map<string, ContainerFacts>> {
    this.#number += 1;
    const number = this.#number;
    this.#process.stream.write(`${number} ${containerIds.join(" ")}\n`);
    const lines = await this.#replies.until(`e ${number}`, performance.now() + answerMs);
    return parseFacts(lines, this.#version);
  }

  close(): void {
    this.#process.close();
  }
}
