import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const tokenBytes = 32;
const lifetimeMs = 10 * 60_000;
/** More unused links than this are not kept: the oldest is given up. */
const mostTokens = 32;

/** Tokens that open one session each and then are worthless. Only their hashes are kept. */
export class OneTimeTokens {
  readonly #now: () => number;
  #waiting: { hash: Buffer; expiresAtMs: number }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A new token: 32 random bytes in base64url, good once and for ten minutes. */
  mint(): string {
    const token = randomBytes(tokenBytes).toString("base64url");
    this.#waiting = [...this.#waiting, { hash: hashOf(token), expiresAtMs: this.#now() + lifetimeMs }].slice(
      -mostTokens,
    );
    return token;
  }

  /** True once for a token that was minted here and has not expired. */
  redeem(token: string): boolean {
    const hash = hashOf(token);
    const nowMs = this.#now();
    this.#waiting = this.#waiting.filter((waiting) => waiting.expiresAtMs > nowMs);
    const found = this.#waiting.find((waiting) => timingSafeEqual(waiting.hash, hash));
    if (found === undefined) return false;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== found);
    return true;
  }
}

/** Hashes have one length, which a comparison in constant time needs, whatever was sent. */
function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
