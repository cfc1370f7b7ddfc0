/** Reads a stream beside a test until somebody ends it. */
export interface Follower {
  end(): void;
  /** What the stream ended with; null while it goes on, and when it ended as it should. */
  readonly failure: unknown;
}

/** The readers of one test file: `endAll` after each test. */
export class Followers {
  readonly #readers: Follower[] = [];

  follow<T>(open: (signal: AbortSignal) => AsyncIterable<T>, take: (item: T) => void): Follower {
    const stop = new AbortController();
    let failure: unknown = null;
    void (async () => {
      try {
        for await (const item of open(stop.signal)) take(item);
      } catch (error) {
        failure = error;
      }
    })();
    const follower = {
      end: () => stop.abort(),
      get failure() {
        return failure;
      },
    };
    this.#readers.push(follower);
    return follower;
  }

  /** Ends those that still read, and gives what any of them has failed with. */
  endAll(): unknown[] {
    const readers = this.#readers.splice(0);
    for (const reader of readers) reader.end();
    return readers.map(({ failure }) => failure).filter((failure) => failure !== null);
  }
}
