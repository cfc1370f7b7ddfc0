import type { DeviceSample } from "../../../shared/domain/index.ts";

/** Five minutes at one sample a second. */
const maxSamples = 300;

/** What a sample takes in memory, roughly: measured with 20 containers, 64-digit ids shared. */
const sampleBytes = 300;
const containerBytes = 150;
const maxBytes = 4 * 1024 * 1024;

/** The recent past of one device, bounded by count and by what it takes in memory. */
export class SampleRing {
  readonly #samples: DeviceSample[] = [];
  #bytes = 0;

  push(sample: DeviceSample): void {
    this.#samples.push(sample);
    this.#bytes += bytesOf(sample);
    while (this.#samples.length > 1 && (this.#samples.length > maxSamples || this.#bytes > maxBytes)) {
      const oldest = this.#samples.shift();
      if (oldest !== undefined) this.#bytes -= bytesOf(oldest);
    }
  }

  since(atMs: number): DeviceSample[] {
    return this.#samples.filter((sample) => sample.atMs >= atMs);
  }
}

function bytesOf(sample: DeviceSample): number {
  return sampleBytes + sample.containers.length * containerBytes;
}
