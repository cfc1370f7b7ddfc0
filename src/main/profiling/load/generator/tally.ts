import type { LoadFigures } from "../load-job.ts";
import { LatencyBuckets } from "./latency-buckets.ts";

/** Counts what became of requests or messages since the last mark. */
export class Tally {
  #sinceMs = performance.now();
  #sent = 0;
  #answered = 0;
  #errors = 0;
  #latencies = new LatencyBuckets();
  #problem: string | null = null;

  mark(): void {
    this.#sinceMs = performance.now();
    this.#sent = 0;
    this.#answered = 0;
    this.#errors = 0;
    this.#latencies = new LatencyBuckets();
    this.#problem = null;
  }

  sent(): void {
    this.#sent += 1;
  }

  /** `dueMs`: when it was to be sent, on the clock of `performance.now`. */
  answered(dueMs: number): void {
    this.#answered += 1;
    this.#latencies.add(performance.now() - dueMs);
  }

  /** What could not be sent or was answered badly. The first reason is kept. */
  failed(why: string): void {
    this.#errors += 1;
    this.#problem ??= why.slice(0, 200);
  }

  figures(): LoadFigures {
    return {
      seconds: (performance.now() - this.#sinceMs) / 1000,
      sent: this.#sent,
      answered: this.#answered,
      errors: this.#errors,
      latencyMs: this.#latencies.summary(),
      problem: this.#problem,
      exitCode: null,
      output: [],
    };
  }
}
