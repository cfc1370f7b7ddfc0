import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { type LoadJob, loadOrderSchema } from "../load-job.ts";
import type { Generator } from "./generator.ts";
import { generateHttp } from "./http-generator.ts";
import { generateMqtt } from "./mqtt-generator.ts";
import { generateByScript } from "./script-generator.ts";

/**
 * Makes one load until its input ends, which it also does when Bayplan dies: nothing goes on by itself. Orders and answers are lines
 * of JSON, as `load-job` has them.
 */
export async function makeLoad({ input, output }: { input: Readable; output: Writable }): Promise<void> {
  const answer = (value: unknown) => output.write(`${JSON.stringify(value)}\n`);
  let generator: Generator | null = null;
  try {
    for await (const line of createInterface({ input })) {
      const order = loadOrderSchema.parse(JSON.parse(line));
      if ("mark" in order) generator?.mark();
      else if (generator === null) {
        generator = await generatorOf(order.job, () => answer({ ended: true }));
        answer({ begun: true });
      }
    }
  } finally {
    if (generator !== null) answer({ figures: await generator.stop() });
  }
}

async function generatorOf(job: LoadJob, onEnded: () => void): Promise<Generator> {
  if (job.kind === "http") return generateHttp(job);
  return job.kind === "mqtt" ? generateMqtt(job) : generateByScript(job, onEnded);
}
