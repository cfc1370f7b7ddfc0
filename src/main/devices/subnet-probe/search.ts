import { setMaxListeners } from "node:events";
import {
  AppError,
  formatIpv4,
  hostAddresses,
  type ProbeCounts,
  type ProbeFinding,
  type ProbePlan,
  parseSubnet,
} from "../../../shared/domain/index.ts";
import { type KnockAnswer, knock } from "./knock.ts";
import { Pace } from "./pace.ts";

export interface SearchLimits {
  /** Addresses that are asked at the same time; each has one socket open. */
  concurrent: number;
  /** Knocks a second, on all addresses together. */
  perSecond: number;
  connectMs: number;
  bannerMs: number;
}

/** 254 silent addresses on two ports take 6 to 8 s, a /20 about two minutes. */
export const SEARCH_LIMITS: SearchLimits = { concurrent: 96, perSecond: 120, connectMs: 1_200, bannerMs: 2_000 };

/** Better answers first: what is said of an address is the best that any of its ports said. */
const BEST_FIRST: readonly KnockAnswer["kind"][] = [
  "ssh",
  "other-service",
  "refused",
  "denied",
  "silent",
  "unreachable",
];

/** Knocks at every address of a plan, a bounded number at a time, and keeps count. */
export class Search {
  readonly counts: ProbeCounts;
  readonly found: ProbeFinding[] = [];
  readonly #plan: ProbePlan;
  readonly #limits: SearchLimits;
  readonly #own: ReadonlySet<string>;
  readonly #onFound: (finding: ProbeFinding) => void;
  readonly #onAsked: (host: string, port: number, answer: KnockAnswer) => void;

  constructor(options: {
    plan: ProbePlan;
    limits: SearchLimits;
    /** This machine's own addresses, which are passed over. */
    own: ReadonlySet<string>;
    onFound: (finding: ProbeFinding) => void;
    onAsked: (host: string, port: number, answer: KnockAnswer) => void;
  }) {
    this.#plan = options.plan;
    this.#limits = options.limits;
    this.#own = options.own;
    this.#onFound = options.onFound;
    this.#onAsked = options.onAsked;
    const addresses = options.plan.subnets.reduce((sum, subnet) => sum + subnet.addresses, 0);
    this.counts = {
      addresses,
      asked: 0,
      ssh: 0,
      otherService: 0,
      refused: 0,
      silent: 0,
      unreachable: 0,
      denied: 0,
    };
  }

  /** Resolves when every address was asked, or soon after the signal aborted; no socket is open then. Throws `unsupported` when this machine has no sockets left. */
  async run(signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const until = AbortSignal.any([signal, failed.signal]);
    // Each knock and each wait for a turn listens to it: bounded by `concurrent`, and more than the ten that Node warns of.
    setMaxListeners(this.#limits.concurrent * 2, until);
    const hosts = this.#hosts();
    const pace = new Pace(this.#limits.perSecond);
    const worker = async (): Promise<void> => {
      for (const host of hosts) {
        if (until.aborted) return;
        await this.#ask(host, pace, until);
      }
    };
    const workers = Array.from({ length: this.#limits.concurrent }, async () => {
      try {
        await worker();
      } catch (error) {
        failed.abort();
        throw error;
      }
    });
    const ends = await Promise.allSettled(workers);
    const broken = ends.find((end) => end.status === "rejected");
    if (broken !== undefined) throw cannotKnock(broken.reason);
  }

  *#hosts(): Generator<string, void, void> {
    for (const subnet of this.#plan.subnets) {
      for (const address of hostAddresses(parseSubnet(subnet.cidr))) yield formatIpv4(address);
    }
  }

  async #ask(host: string, pace: Pace, signal: AbortSignal): Promise<void> {
    let best: KnockAnswer["kind"] = "unreachable";
    for (const port of this.#own.has(host) ? [] : this.#plan.ports) {
      if (!(await pace.turn(signal))) return;
      const answer = await knock(host, port, { ...this.#limits, signal });
      if (signal.aborted) return;
      this.#onAsked(host, port, answer);
      if (answer.kind === "ssh") this.#take({ host, port, banner: answer.banner });
      if (BEST_FIRST.indexOf(answer.kind) < BEST_FIRST.indexOf(best)) best = answer.kind;
      // Nobody has this address: its other ports would say the same.
      if (answer.kind === "unreachable") break;
    }
    this.counts.asked += 1;
    if (!this.#own.has(host)) this.counts[best === "other-service" ? "otherService" : best] += 1;
  }

  #take(finding: ProbeFinding): void {
    this.found.push(finding);
    this.#onFound(finding);
  }
}

function cannotKnock(reason: unknown): unknown {
  const code = reason instanceof Error && "code" in reason ? String(reason.code) : "";
  if (!/^E[A-Z]+$/.test(code)) return reason;
  return new AppError("unsupported", `This machine could not go on with the search (${code}).`, {
    hint: "It may have too few sockets or open files left. Close what uses many, and try again.",
    cause: reason,
  });
}
