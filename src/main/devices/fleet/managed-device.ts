import type {
  Device,
  DeviceFacts,
  DeviceId,
  DeviceState,
  Failure,
  Finding,
  KeyPrint,
  Sighting,
  SshTarget,
} from "../../../shared/domain/index.ts";
import type { MachineEvidence } from "../identity/same-machine.ts";
import type { SavedDevice } from "../saved-devices.ts";
import type { DeviceSession } from "../session/device-session.ts";
import type { SessionStatus } from "../session/session-status.ts";
import { engineFindings } from "./engine-findings.ts";

/** The user to log in as until a person says otherwise; balena devices have no other. */
export const DEFAULT_USER = "root";

/** Everything that is known about one device: who saw it, what is remembered, and its session. The fleet owns it. */
export class ManagedDevice {
  readonly id: DeviceId;
  readonly sightings = new Map<string, Sighting>();
  /** Addresses (`host port`) at which somebody else was found: not to be tried again until it is seen there anew. */
  readonly refuted = new Set<string>();
  /** The host keys of the jump hosts that it was tried through since this start. */
  readonly jumpKeys = new Set<string>();
  saved: SavedDevice | null;
  user: string;
  /** True right after a person replaced the pinned key: then another board may answer, too. */
  expectsOtherBoard = false;
  /** True once anything was announced or answered since this start. */
  heard = false;
  wasSighted = false;
  /** False while nothing was sent to it, and nothing is to be: it was only heard of, or stands in `~/.ssh/config`. */
  asked = false;
  findings: readonly Finding[] = [];
  /** Findings that come from what happened, and not from comparing. */
  notes: readonly Finding[] = [];
  lastSeenAtMs: number | null;
  #added: SshTarget | null = null;
  /** What ended: where it may still be asked, and by what it is known again when it comes back. */
  readonly #past = new Map<string, Sighting>();
  /** Kept past the goodbye, so that a device does not lose its name with its announcement. */
  #announcedName: string | null = null;

  constructor(id: DeviceId, saved: SavedDevice | null) {
    this.id = id;
    this.saved = saved;
    this.user = saved?.user ?? DEFAULT_USER;
    this.lastSeenAtMs = saved?.lastSeenAtMs ?? null;
  }

  /** The id under which things are kept for it on the disk: the remembered one, which is its lasting id once it is known. */
  get keptAs(): DeviceId {
    return this.saved?.id ?? this.id;
  }

  /** The address that a person gave for it, before anything is written down. */
  addTarget(target: SshTarget): void {
    this.user = target.user;
    this.#added = target;
  }

  /** True while nobody has connected to it and nobody is to: it is on the list for a person to decide on. */
  get onlyHeardOf(): boolean {
    return !this.asked && this.saved === null;
  }

  /** A source sees it, there and now: what was found about those addresses before is out of date. */
  see(sighting: Sighting): void {
    this.sightings.set(sighting.key, sighting);
    this.#past.delete(sighting.key);
    for (const host of [...sighting.addresses, ...hostsToTry(sighting)]) {
      this.refuted.delete(addressKey(host, sighting.port));
    }
    if (this.saved === null && this.user === DEFAULT_USER && sighting.user !== null) this.user = sighting.user;
    // A line in a file says nothing of whether the machine is there.
    if (isWritten(sighting)) return;
    this.wasSighted = true;
    if (sighting.source === "mdns") this.#announcedName = sighting.name;
    this.heard = true;
    this.lastSeenAtMs = Math.max(sighting.seenAtMs, this.lastSeenAtMs ?? 0);
  }

  /** An announcement has ended. */
  lose(key: string): void {
    const sighting = this.sightings.get(key);
    this.sightings.delete(key);
    if (sighting !== undefined) this.#past.set(key, sighting);
  }

  /** What its session starts from: what is remembered, until something is heard. */
  initialStatus(nowMs: number): SessionStatus {
    const pinned = this.saved?.hostKey ?? null;
    return {
      state: "connecting",
      trouble: null,
      sinceMs: nowMs,
      target: this.targets()[0] ?? {
        user: this.user,
        host: this.saved?.host ?? "unknown",
        port: this.saved?.port ?? 22,
      },
      hostKey: { trust: pinned === null ? "unseen" : "pinned", offered: null, pinned },
      offered: null,
      probe: null,
      probedAtMs: null,
      engine: null,
      lockedKeys: [],
      askingJump: null,
      answeredAtMs: null,
    };
  }

  /**
   * Where SSH may answer: its host of `~/.ssh/config` first, which says most about keys and user; then what is announced
   * now; then its host behind jump hosts, the long way; then where it was last. IPv4 before IPv6, which may need a scope.
   */
  targets(): SshTarget[] {
    const targetsOf = (sightings: readonly Sighting[]): SshTarget[] =>
      sightings.flatMap((sighting) =>
        hostsToTry(sighting).map((host) => ({ user: this.user, host, port: sighting.port })),
      );
    const announced = targetsOf(this.#bestSightings().sort((left, right) => wayRank(left) - wayRank(right)));
    const { saved } = this;
    const last =
      saved === null
        ? []
        : [...(saved.given === undefined ? [] : [saved.given]), saved.host, ...saved.addresses].map((host) => ({
            user: this.user,
            host,
            port: saved.port,
          }));
    const known = new Map<string, SshTarget>();
    // A line that was taken out of the file is no way any more.
    const before = targetsOf([...this.#past.values()].filter((sighting) => sighting.ssh && !isWritten(sighting)));
    for (const target of [...announced, ...last, ...before]) {
      const key = addressKey(target.host, target.port);
      if (!known.has(key) && !this.refuted.has(key)) known.set(key, target);
    }
    const asked = this.#added;
    if (asked !== null) known.set(addressKey(asked.host, asked.port), { ...asked, user: this.user });
    return [...known.values()].sort((left, right) => scopeRank(left.host) - scopeRank(right.host));
  }

  /** True where it is tried, and where its host of `~/.ssh/config` stands in a network of this machine. */
  hasAddress(host: string, port: number): boolean {
    if (this.targets().some((target) => target.host === host && target.port === port)) return true;
    const written = [...this.sightings.values()].filter((one) => isWritten(one) && one.behind === undefined);
    return written.some((one) => one.port === port && one.addresses.includes(host));
  }

  /** True for an address that a person gave for it, here or in `~/.ssh/config`: what that file says about it is then meant. */
  isNamedByPerson(host: string): boolean {
    if (host === this.saved?.given || host === this.#added?.host) return true;
    return [...this.sightings.values()].some((sighting) => isWritten(sighting) && sighting.name === host);
  }

  /** True when a sighting is of this machine: it is seen where this one is, or at the name that this one has. */
  isWhereSeen(sighting: Sighting): boolean {
    if (this.#past.has(sighting.key)) return true;
    if (isWritten(sighting) && this.hasAddress(sighting.name, sighting.port)) return true;
    const isOfThisNetwork = sighting.behind === undefined;
    if (isOfThisNetwork && sighting.addresses.some((host) => this.hasAddress(host, sighting.port))) return true;
    return [...this.sightings.values()].some((own) => {
      // Two networks may use the same addresses.
      if (own.behind !== sighting.behind) return false;
      // A port that nobody named is no reason to take one machine for two.
      if (own.ssh && sighting.ssh && own.port !== sighting.port) return false;
      if (own.addresses.some((host) => sighting.addresses.includes(host))) return true;
      // Only a name that a person wrote down is one machine's: two networks may have a `raspberrypi` each.
      const isNamed = isWritten(own) || isWritten(sighting);
      return isNamed && hostsOf(own).some((name) => hostsOf(sighting).includes(name));
    });
  }

  /** Where SSH is said to answer; where nobody says it, the places that the machine is heard from. */
  #bestSightings(): Sighting[] {
    const all = [...this.sightings.values()];
    const withSsh = all.filter((sighting) => sighting.ssh);
    return withSsh.length > 0 ? withSsh : all;
  }

  /** The facts of this start, else the remembered ones. */
  factsOf(status: SessionStatus): DeviceFacts | null {
    return status.probe?.facts ?? this.saved?.facts ?? null;
  }

  pinOf(): KeyPrint | null {
    return this.saved?.hostKey ?? null;
  }

  evidence(session: DeviceSession): MachineEvidence {
    const { status } = session;
    const facts = this.factsOf(status);
    const print = session.connected ? status.offered : (this.pinOf() ?? status.offered);
    return {
      boardSerial: facts?.boardSerial ?? null,
      macAddresses: facts?.macAddresses ?? [],
      machineId: facts?.machineId ?? null,
      hostKeyFingerprint: print?.fingerprint ?? null,
      liveBootId: session.connected ? (status.probe?.bootId ?? null) : null,
    };
  }

  view(session: DeviceSession): Device {
    const { status } = session;
    const { state, trouble } = this.#stateOf(status);
    const sightings = [...this.sightings.values()];
    const addresses = [...new Set(sightings.flatMap((sighting) => sighting.addresses))];
    const engine = status.engine ?? (this.heard && session.connected ? null : (this.saved?.engine ?? null));
    return {
      id: this.id,
      name: this.nameOf(status),
      state,
      trouble,
      stateSinceMs: status.sinceMs,
      target: { ...((this.onlyHeardOf ? this.targets()[0] : undefined) ?? status.target), user: this.user },
      addresses: addresses.length > 0 ? addresses : (this.saved?.addresses ?? [status.target.host]),
      sources: [
        ...new Set(sightings.map((sighting) => sighting.source)),
        ...(this.saved === null ? [] : this.saved.added ? (["saved", "added"] as const) : (["saved"] as const)),
      ],
      services: [...new Set(sightings.flatMap((sighting) => sighting.services))].sort(),
      announcedModel: sightings.find((sighting) => sighting.announcedModel !== null)?.announcedModel ?? null,
      sshAlias: this.#alias(),
      remembered: this.saved !== null,
      stale: !this.heard,
      hostKey: status.hostKey,
      facts: this.factsOf(status),
      factsAtMs: status.probedAtMs ?? this.saved?.factsAtMs ?? null,
      engine,
      ...(trouble?.code === "auth-failed" && status.lockedKeys.length > 0
        ? { lockedKeys: [...status.lockedKeys] }
        : {}),
      ...(trouble?.code === "auth-failed" && status.askingJump !== null
        ? { askingJump: { ...status.askingJump.target } }
        : {}),
      findings: [...this.findings, ...engineFindings(engine)],
      lastSeenAtMs: this.lastSeenAtMs,
    };
  }

  /** What a person called it, here or in `~/.ssh/config`, else what it is announced as, else the name it gives itself. */
  nameOf(status: SessionStatus): string {
    const announced = [...this.sightings.values()].find((sighting) => sighting.source === "mdns");
    const names = [
      this.saved?.name,
      this.#alias(),
      announced?.name ?? this.#announcedName,
      this.factsOf(status)?.hostName,
    ];
    return names.find((name) => name !== undefined && name !== null && name !== "") ?? status.target.host;
  }

  #alias(): string | null {
    return [...this.sightings.values()].find(isWritten)?.name ?? null;
  }

  #stateOf(status: SessionStatus): { state: DeviceState; trouble: Failure | null } {
    if (this.onlyHeardOf && status.state === "connecting") return { state: "not-asked", trouble: null };
    const isSeen = [...this.sightings.values()].some((sighting) => !isWritten(sighting));
    const isGone = status.state === "unreachable" && this.wasSighted && !isSeen;
    if (!isGone) return { state: status.state, trouble: status.trouble };
    return {
      state: "gone",
      trouble: {
        code: "unreachable",
        message: `${this.nameOf(status)} has left the network: its announcement ended and it does not answer.`,
        hint: "It comes back by itself when it is switched on again.",
      },
    };
  }
}

export function addressKey(host: string, port: number): string {
  return `${host} ${port}`;
}

/** True for a line of `~/.ssh/config`, which nobody has heard of. */
function isWritten(sighting: Sighting): boolean {
  return sighting.source === "ssh-config";
}

/** What is connected to: a host of `~/.ssh/config` by its alias, since jump hosts and keys are said of that. */
export function hostsToTry(sighting: Sighting): readonly string[] {
  return isWritten(sighting) ? [sighting.name] : sighting.addresses;
}

/** The names under which a sighting's machine is known, without the domain of this link. */
function hostsOf(sighting: Sighting): string[] {
  const names = [sighting.hostName, ...(isWritten(sighting) ? sighting.addresses : [])];
  return names.flatMap((name) => (name === null ? [] : [name.toLowerCase().replace(/\.local\.?$/, "")]));
}

function wayRank(sighting: Sighting): number {
  if (!isWritten(sighting)) return 1;
  return sighting.behind === undefined ? 0 : 2;
}

function scopeRank(host: string): number {
  if (!host.includes(":")) return 0;
  return host.includes("%") ? 2 : 1;
}
