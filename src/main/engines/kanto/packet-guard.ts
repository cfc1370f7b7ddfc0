/** Kanto's largest messages, a container's whole configuration, are a few KB. */
export const packetMaxBytes = 1024 * 1024;

/**
 * Watches the length that each MQTT packet claims (MQTT 3.1.1, 2.2.3): up to 256 MiB, which the client would collect
 * before anybody could say no.
 */
export class PacketGuard {
  /** Bytes of the current packet's body that have not come yet. */
  #left = 0;
  /** Where in the fixed header the next byte is: its type, or one of the length's. */
  #state: "type" | "length" | "body" = "type";
  #length = 0;
  #factor = 1;

  /** False as soon as a packet claims more than may be: then nothing more is to be read. */
  take(chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length; ) {
      if (this.#state === "body") {
        const skipped = Math.min(this.#left, chunk.length - at);
        this.#left -= skipped;
        at += skipped;
        if (this.#left === 0) this.#state = "type";
        continue;
      }
      const byte = chunk[at] ?? 0;
      at += 1;
      if (this.#state === "type") {
        this.#length = 0;
        this.#factor = 1;
        this.#state = "length";
        continue;
      }
      this.#length += (byte & 0x7f) * this.#factor;
      this.#factor *= 128;
      if (this.#length > packetMaxBytes || this.#factor > 128 ** 4) return false;
      if ((byte & 0x80) !== 0) continue;
      this.#left = this.#length;
      this.#state = this.#left === 0 ? "type" : "body";
    }
    return true;
  }
}
