import type { DiscoveryEvidence, Sighting } from "../../../shared/domain/index.ts";
import { hintOfSendFailure } from "./send-failure.ts";

/** What one browser has heard on its network. */
export interface BrowseTally {
  interfaceName: string;
  address: string;
  packets: number;
  answers: number;
  malformed: number;
  /** Packets, records and machines that were passed over, since they were more than any network has. */
  leftOut: number;
  sightings: readonly Sighting[];
  /** Why it cannot listen or ask; null while it can. */
  failure: string | null;
  /** False while the first questions are out. */
  hasAsked: boolean;
}

const SILENCE_HINT =
  "Most boards do not announce themselves. A firewall of this machine may also drop UDP port 5353. A search of the network finds both.";

/** What was heard on one interface, both address families together. One that works is enough. */
export function browseEvidence(tallies: readonly BrowseTally[]): DiscoveryEvidence {
  const sum = (count: (tally: BrowseTally) => number) => tallies.reduce((total, tally) => total + count(tally), 0);
  const machines = new Map(tallies.flatMap(({ sightings }) => sightings.map((one) => [one.key, one.ssh])));
  const withSsh = [...machines.values()].filter((ssh) => ssh).length;
  const interfaceName = tallies[0]?.interfaceName ?? "";
  const failures = tallies.flatMap(({ failure }) => failure ?? []);
  const hasFailed = failures.length === tallies.length;
  const state = sum(({ answers }) => answers) > 0 ? "working" : hasFailed ? "failed" : "nothing-heard";
  const numbers =
    `${interfaceName} ${addressesText(tallies)}: ` +
    `${sum(({ packets }) => packets)} packets, ${sum(({ answers }) => answers)} answers, ${withSsh} SSH devices, ` +
    `${sum(({ malformed }) => malformed)} malformed, ${machines.size - withSsh} others`;
  const leftOut = sum((tally) => tally.leftOut);
  const heard = leftOut === 0 ? numbers : `${numbers}, ${leftOut} left out: somebody floods this network`;
  const silenceHint = tallies.every(({ hasAsked }) => hasAsked) ? SILENCE_HINT : null;
  return {
    source: `mdns ${interfaceName}`,
    state,
    detail: failures.length === 0 ? heard : `${heard} (${failures.join("; ")})`,
    hint:
      state === "failed"
        ? hintOfSendFailure(failures.join("; "), process.platform)
        : state === "nothing-heard"
          ? silenceHint
          : null,
  };
}

/** IPv4 first: it is what people know their machine by. */
function addressesText(tallies: readonly BrowseTally[]): string {
  const addresses = tallies.map(({ address }) => address);
  return [...addresses.filter((one) => !one.includes(":")), ...addresses.filter((one) => one.includes(":"))].join(", ");
}
