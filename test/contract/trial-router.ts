import { type ContractRouterClient, eventIterator, oc } from "@orpc/contract";
import { implement } from "@orpc/server";
import * as z from "zod";
import { errors } from "../../src/shared/contract/index.ts";
import { AppError } from "../../src/shared/domain/index.ts";

const tick = z.object({ index: z.int() });

/** One call of every kind that the real contract has, with handlers that fail, stream and wait on demand. */
export const trialContract = {
  add: oc
    .errors(errors)
    .input(z.object({ left: z.number(), right: z.object({ value: z.number() }) }))
    .output(z.object({ sum: z.number(), nothing: z.null(), text: z.string() })),
  refuse: oc.errors(errors).output(z.null()),
  break: oc.errors(errors).output(z.null()),
  lie: oc.errors(errors).output(z.object({ count: z.int() })),
  hang: oc.errors(errors).output(z.null()),
  count: oc
    .errors(errors)
    .input(z.object({ upTo: z.int() }))
    .output(eventIterator(tick)),
  forever: oc
    .errors(errors)
    .input(z.object({ key: z.string() }))
    .output(eventIterator(tick)),
  quiet: oc
    .errors(errors)
    .input(z.object({ key: z.string() }))
    .output(eventIterator(tick)),
  failAfter: oc
    .errors(errors)
    .input(z.object({ items: z.int(), how: z.enum(["expected", "bug", "bad-item"]) }))
    .output(eventIterator(tick)),
};

export type TrialClient = ContractRouterClient<typeof trialContract>;

/** What the handlers did, for a test to look at. */
export interface Trial {
  /** Keys of the streams whose source was closed. */
  readonly closed: string[];
  readonly produced: Map<string, number>;
  readonly log: string[];
  /** The text of the password that the broken handler has in its hands; it must never reach a face. */
  readonly secret: string;
}

export function startTrial(): Trial {
  return { closed: [], produced: new Map(), log: [], secret: "hunter2-in-a-stack" };
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal === undefined || signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Builds the router of the trial. */
export function trialRouter(trial: Trial) {
  const os = implement(trialContract);
  return os.router({
    add: os.add.handler(({ input }) => ({ sum: input.left + input.right.value, nothing: null, text: "zwölf €" })),
    refuse: os.refuse.handler(() => {
      throw new AppError("no-engine", "This machine has no container engine.", { hint: "Install Docker." });
    }),
    break: os.break.handler(() => {
      throw new TypeError(`cannot read ${trial.secret}`);
    }),
    // @ts-expect-error: it lies on purpose; the validation of outputs must notice.
    lie: os.lie.handler(() => ({ count: trial.secret })),
    hang: os.hang.handler(async ({ signal }) => {
      trial.produced.set("hang", 0);
      await aborted(signal);
      trial.closed.push("hang");
      signal?.throwIfAborted();
      return null;
    }),
    count: os.count.handler(async function* ({ input }) {
      for (let index = 0; index < input.upTo; index += 1) yield { index };
    }),
    forever: os.forever.handler(async function* ({ input, signal }) {
      try {
        for (let index = 0; signal?.aborted !== true; index += 1) {
          trial.produced.set(input.key, index + 1);
          yield { index };
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      } finally {
        trial.closed.push(input.key);
      }
    }),
    quiet: os.quiet.handler(async function* ({ input, signal }) {
      try {
        yield { index: 0 };
        await aborted(signal);
      } finally {
        trial.closed.push(input.key);
      }
    }),
    failAfter: os.failAfter.handler(async function* ({ input }) {
      for (let index = 0; index < input.items; index += 1) yield { index };
      if (input.how === "expected")
        throw new AppError("unreachable", "The device went away.", { hint: "Look at its power." });
      if (input.how === "bug") throw new RangeError(`out of ${trial.secret}`);
      yield JSON.parse(JSON.stringify({ index: trial.secret }));
    }),
  });
}
