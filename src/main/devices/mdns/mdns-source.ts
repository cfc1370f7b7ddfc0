import type { DiscoveryEvidence, Sighting } from "../../../shared/domain/index.ts";
import type { DiscoverySource, SightingEvent } from "../discovery-source.ts";
import { browseEvidence } from "./browse-evidence.ts";
import { InterfaceBrowser } from "./interface-browser.ts";
import { type LanInterface, lanInterfaces, ownAddresses } from "./interfaces.ts";

/** Networks come and go (a cable, a VPN, a phone's hotspot); Node has no event for it. */
const RESCAN_MS = 2_000;
/** A scan that comes this late comes after a sleep of the machine. */
const SLEPT_MS = 10_000;

/**
 * Multicast DNS (RFC 6762, 6763) on every network of this machine. One machine seen on two networks is two sightings
 * here: only its identity can say that it is one.
 */
export function mdnsSource(): DiscoverySource {
  let browsing: Browsing | null = null;
  return {
    name: "mdns",
    attach(listener) {
      if (browsing !== null) throw new Error("The mDNS source is attached already.");
      const started = new Browsing(listener);
      browsing = started;
      return () => {
        started.close();
        browsing = null;
      };
    },
    evidence: () => browsing?.evidence() ?? [{ source: "mdns", state: "off", detail: "not listening", hint: null }],
    firstRound: () => browsing?.firstRound() ?? Promise.resolve(),
  };
}

class Browsing {
  readonly #listener: (event: SightingEvent) => void;
  readonly #browsers = new Map<string, InterfaceBrowser>();
  readonly #known = new Map<string, Sighting>();
  readonly #timer: NodeJS.Timeout;
  #scannedAtMs = Date.now();

  constructor(listener: (event: SightingEvent) => void) {
    this.#listener = listener;
    this.#scan();
    this.#timer = setInterval(() => this.#scan(), RESCAN_MS);
  }

  evidence(): DiscoveryEvidence[] {
    if (this.#browsers.size > 0) {
      const tallies = [...this.#browsers.values()].map((browser) => browser.tally());
      const names = [...new Set(tallies.map(({ interfaceName }) => interfaceName))];
      return names.map((name) => browseEvidence(tallies.filter(({ interfaceName }) => interfaceName === name)));
    }
    const hint = "Plug in a cable or join a Wi-Fi. Bayplan notices by itself.";
    return [{ source: "mdns", state: "failed", detail: "there is no network to listen on", hint }];
  }

  async firstRound(): Promise<void> {
    await Promise.all([...this.#browsers.values()].map((browser) => browser.firstRound));
  }

  close(): void {
    clearInterval(this.#timer);
    for (const browser of this.#browsers.values()) browser.close();
    this.#browsers.clear();
  }

  #scan(): void {
    const nowMs = Date.now();
    const hasSlept = nowMs - this.#scannedAtMs > SLEPT_MS;
    this.#scannedAtMs = nowMs;
    if (hasSlept) for (const browser of this.#browsers.values()) browser.beginAnew();
    const present = new Map(lanInterfaces().map((lan) => [interfaceKey(lan), lan]));
    let changed = false;
    for (const [key, browser] of this.#browsers) {
      if (present.has(key)) continue;
      browser.close();
      this.#browsers.delete(key);
      changed = true;
    }
    for (const [key, lan] of present) {
      if (this.#browsers.has(key)) continue;
      this.#browsers.set(key, new InterfaceBrowser(lan, () => this.#compare()));
    }
    if (changed) this.#compare();
  }

  /** Says what differs from what was said before: what is new or changed first, what has gone after it. */
  #compare(): void {
    const now = mergeFamilies([...this.#browsers.values()].flatMap((browser) => browser.sightings));
    const own = ownAddresses();
    for (const [key, sighting] of now) {
      if (sighting.addresses.some((address) => own.has(address.split("%")[0] ?? address))) now.delete(key);
    }
    for (const [key, sighting] of now) {
      const before = this.#known.get(key);
      if (before !== undefined && isSame(before, sighting)) continue;
      this.#known.set(key, sighting);
      this.#listener({ kind: before === undefined ? "attach" : "update", sighting });
    }
    for (const key of this.#known.keys()) {
      if (now.has(key)) continue;
      this.#known.delete(key);
      this.#listener({ kind: "detach", key });
    }
  }
}

/** IPv4 and IPv6 of one interface speak of the same machines. */
function mergeFamilies(sightings: readonly Sighting[]): Map<string, Sighting> {
  const merged = new Map<string, Sighting>();
  for (const sighting of sightings) {
    const other = merged.get(sighting.key);
    if (other === undefined) {
      merged.set(sighting.key, sighting);
    } else {
      const addresses = [...new Set([...other.addresses, ...sighting.addresses])];
      merged.set(sighting.key, {
        ...other,
        addresses,
        balena: other.balena || sighting.balena,
        services: [...new Set([...other.services, ...sighting.services])].sort(),
        announcedModel: other.announcedModel ?? sighting.announcedModel,
      });
    }
  }
  return merged;
}

function isSame(left: Sighting, right: Sighting): boolean {
  return JSON.stringify({ ...left, seenAtMs: 0 }) === JSON.stringify({ ...right, seenAtMs: 0 });
}

function interfaceKey(lan: LanInterface): string {
  return `${lan.family} ${lan.name} ${lan.index} ${lan.address}`;
}
