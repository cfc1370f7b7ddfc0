import {
  AppError,
  type DiscoveryEvidence,
  type ProbeFinding,
  type ProbePlan,
  type ProbeRequest,
  type ProbeUpdate,
  type Sighting,
} from "../../../shared/domain/index.ts";
import type { DiscoverySource, SightingEvent } from "../discovery-source.ts";
import { WakeUp } from "../session/wake-up.ts";
import { type OwnAddress, planProbe } from "./plan-probe.ts";
import { SEARCH_LIMITS, Search, type SearchLimits } from "./search.ts";

/** How often somebody who waits is told how far it is; what is found is told at once. */
const PROGRESS_MS = 250;

/** The search of a network for SSH servers: a source that only looks when a person asks it to. */
export interface ProbeSource extends DiscoverySource {
  /** What a request would ask, without asking anybody. Throws as `planProbe` does. */
  plan(request: ProbeRequest): ProbePlan;
  /**
   * Asks, and says how far it is. Aborting the signal, or leaving the loop, ends it with every socket released; what was
   * found until then stays. Throws as `planProbe` does, and `conflict` while another search goes on.
   */
  run(request: ProbeRequest, signal: AbortSignal): AsyncGenerator<ProbeUpdate, void, void>;
}

export interface ProbeSourceOptions {
  /** This machine's IPv4 addresses, read anew for each search. */
  ownAddresses: () => readonly OwnAddress[];
  limits?: SearchLimits;
}

/** What the last search came to, as evidence. */
interface LastSearch {
  plan: ProbePlan;
  search: Search;
  endedAtMs: number | null;
  isWhole: boolean;
}

export function probeSource({ ownAddresses, limits = SEARCH_LIMITS }: ProbeSourceOptions): ProbeSource {
  const known = new Map<string, Sighting>();
  let listener: ((event: SightingEvent) => void) | null = null;
  let last: LastSearch | null = null;

  const see = ({ host, port }: ProbeFinding): void => {
    const key = keyOf(host, port);
    const sighting = sightingOf(host, port, Date.now());
    listener?.({ kind: known.has(key) ? "update" : "attach", sighting });
    known.set(key, sighting);
  };
  const lose = (host: string, port: number): void => {
    if (known.delete(keyOf(host, port))) listener?.({ kind: "detach", key: keyOf(host, port) });
  };

  return {
    name: "probe",
    attach(newListener) {
      if (listener !== null) throw new Error("The probe is attached already.");
      listener = newListener;
      for (const sighting of known.values()) newListener({ kind: "attach", sighting });
      return () => {
        listener = null;
      };
    },
    evidence: () => [evidenceOf(last, tryPlan(ownAddresses()))],
    firstRound: () => Promise.resolve(),
    plan: (request) => planProbe(request, ownAddresses()),
    async *run(request, signal) {
      if (last !== null && last.endedAtMs === null) {
        throw new AppError("conflict", "A search of the network is going on already.", {
          hint: "Wait until it is over, or cancel it where it was started.",
        });
      }
      const own = ownAddresses();
      const plan = planProbe(request, own);
      const left = new AbortController();
      const until = AbortSignal.any([signal, left.signal]);
      const wake = new WakeUp();
      const startedAtMs = Date.now();
      const search = new Search({
        plan,
        limits,
        own: new Set(own.map(({ address }) => address)),
        onFound: (finding) => {
          see(finding);
          wake.call();
        },
        onAsked: (host, port, answer) => {
          if (answer.kind !== "ssh") lose(host, port);
        },
      });
      const current: LastSearch = { plan, search, endedAtMs: null, isWhole: false };
      last = current;
      let running = true;
      const ended = search.run(until).finally(() => {
        running = false;
        current.endedAtMs = Date.now();
        wake.call();
      });
      // Who waits below hears of a failure; nobody else is to be told of it.
      ended.catch(() => undefined);
      try {
        yield { kind: "started", plan };
        let told = 0;
        while (running) {
          await wake.wait(PROGRESS_MS, until);
          if (until.aborted) break;
          const found = search.found.slice(told);
          told += found.length;
          yield { kind: "progress", counts: { ...search.counts }, found };
        }
        await ended;
        signal.throwIfAborted();
        current.isWhole = true;
        yield {
          kind: "done",
          counts: { ...search.counts },
          found: [...search.found],
          elapsedMs: Date.now() - startedAtMs,
        };
      } finally {
        left.abort();
        await Promise.allSettled([ended]);
      }
    },
  };
}

function keyOf(host: string, port: number): string {
  return `probe:${host}:${port}`;
}

function sightingOf(host: string, port: number, seenAtMs: number): Sighting {
  return {
    key: keyOf(host, port),
    source: "probe",
    ssh: true,
    user: null,
    name: host,
    hostName: null,
    addresses: [host],
    port,
    interfaceName: null,
    balena: false,
    services: [],
    announcedModel: null,
    seenAtMs,
  };
}

function tryPlan(own: readonly OwnAddress[]): ProbePlan | null {
  try {
    return planProbe({ subnets: null, ports: [22, 22222] }, own);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function evidenceOf(last: LastSearch | null, plan: ProbePlan | null): DiscoveryEvidence {
  if (last === null) return notAsked(plan);
  const { counts } = last.search;
  const subnets = last.plan.subnets.map(({ cidr }) => cidr).join(", ");
  const how = last.endedAtMs === null ? "being asked" : last.isWhole ? "asked" : "asked in part, then cancelled";
  const detail =
    `${subnets} ${how}: ${counts.asked} of ${counts.addresses} addresses, ${counts.ssh} with SSH, ` +
    `${counts.refused + counts.otherService} there without it, ${counts.silent + counts.unreachable} silent`;
  const hint = counts.ssh === 0 && last.endedAtMs !== null ? hintOf(last) : null;
  if (counts.denied > 0)
    return { source: "probe", state: "failed", detail: `${detail}, ${counts.denied} denied`, hint };
  return { source: "probe", state: counts.ssh > 0 ? "working" : "nothing-heard", detail, hint };
}

function notAsked(plan: ProbePlan | null): DiscoveryEvidence {
  if (plan === null) {
    return { source: "probe", state: "off", detail: "this machine is on no private network to search", hint: null };
  }
  const addresses = plan.subnets.reduce((sum, subnet) => sum + subnet.addresses, 0);
  return {
    source: "probe",
    state: "off",
    detail: `${addresses} addresses not asked: ${plan.subnets.map(({ cidr }) => cidr).join(", ")}`,
    hint: "Search the network: it knocks on ports 22 and 22222 of each address, and reads who answers.",
  };
}

function hintOf({ search: { counts } }: LastSearch): string {
  if (counts.denied > 0) {
    return "This machine's own firewall, or its permission for the local network, keeps Bayplan from sending.";
  }
  if (counts.refused + counts.otherService === 0) {
    return "Nobody is there at all: a guest Wi-Fi keeps its clients apart, or a firewall drops the knocks. Try a cable, or another network.";
  }
  return "Machines are there, and none has SSH on these ports. Switch SSH on (raspi-config, or an empty file named ssh on the boot partition), or name its port.";
}
