import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { DeviceListUpdate } from "../../../shared/contract/index.ts";
import {
  AppError,
  type Device,
  type DeviceId,
  deviceIdSchema,
  type Sighting,
  type SshTarget,
} from "../../../shared/domain/index.ts";
import type { FoundCredentials, SshEnd, SshIdentities } from "../../ssh/index.ts";
import { Broadcast } from "../../streams/index.ts";
import type { SightingEvent } from "../discovery-source.ts";
import type { KeyPassphrases } from "../key-passphrases.ts";
import { judgeHostKey, type KeyVerdict, knownKeyTypes } from "../known-hosts/judge-host-key.ts";
import type { KnownHostsFiles } from "../known-hosts/known-hosts-files.ts";
import { nameForUser } from "../known-hosts/name-for-user.ts";
import type { DevicePasswords } from "../passwords.ts";
import type { SavedChange, SavedDevice, SavedDevices } from "../saved-devices.ts";
import type { EndRole, OfferedKey } from "../session/session-status.ts";
import { deviceFindings, unwrittenFinding } from "./device-findings.ts";
import { Entry } from "./entry.ts";
import { makeSession } from "./make-session.ts";
import { addressKey, hostsToTry, ManagedDevice } from "./managed-device.ts";
import { savedDeviceOf } from "./saved-device-of.ts";
import { SavedWriter } from "./saved-writer.ts";

export interface RegistryOptions {
  saved: SavedDevices;
  knownHosts: KnownHostsFiles;
  /** What to log in with, given what ssh_config says about keys for a host. */
  credentials: (identities: SshIdentities | null) => Promise<FoundCredentials>;
  passwords: DevicePasswords;
  passphrases: KeyPassphrases;
  /** The person's home folder, for `.ssh`. */
  home: string;
  /** False: a device is connected when somebody asks for it, not before. */
  connectAtOnce: boolean;
  onBug: (error: unknown) => void;
}

/** How long a device that nobody agreed to stays in the list after it has left the network. */
const KEEP_GONE_MS = 300_000;
const SWEEP_MS = 30_000;
/** How long after a failure it is tried again to write down what is known. */
const WRITE_AGAIN_MS = 5_000;

/** All devices, whichever way they became known: the one place where sightings, memory and sessions meet. */
export class DeviceRegistry {
  readonly options: RegistryOptions;
  readonly updates = new Broadcast<DeviceListUpdate>();
  readonly #entries = new Map<DeviceId, Entry>();
  /** Other ids of the same devices: the one it will have after a restart, and those it had before two became one. */
  readonly aliases = new Map<string, DeviceId>();
  readonly #joinedListeners = new Set<() => void>();
  readonly #sweeper: NodeJS.Timeout;
  readonly #writer: SavedWriter;
  /** Why what is known of the devices could not be written down, since it last could. */
  #unwritten: AppError | null = null;
  #writeAgain: NodeJS.Timeout | null = null;
  #seq = 0;
  #closed = false;

  constructor(options: RegistryOptions) {
    this.options = options;
    this.#writer = new SavedWriter(options.saved, (entries) => this.#savedChanges(entries));
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#sweeper.unref();
  }

  get seq(): number {
    return this.#seq;
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  list(): Device[] {
    return this.entries.map((entry) => entry.device.view(entry.session));
  }

  /** Throws `not-found`. */
  entry(id: string): Entry {
    const found = this.#entries.get(deviceIdSchema.parse(this.aliases.get(id) ?? id));
    if (found !== undefined) return found;
    throw new AppError("not-found", `There is no device with the id ${id}.`, {
      hint: "It may have been forgotten, or have turned out to be another one. Look at the list again.",
    });
  }

  isListed(entry: Entry): boolean {
    return this.#entries.get(entry.device.id) === entry;
  }

  onJoined(listener: () => void): () => void {
    this.#joinedListeners.add(listener);
    return () => this.#joinedListeners.delete(listener);
  }

  /** Puts a device on the list: a remembered one under its id, a new one under an id of its own for as long as this process lives. */
  create(saved: SavedDevice | null, sighting: Sighting | null = null, added: SshTarget | null = null): Entry {
    const id = saved?.id ?? deviceIdSchema.parse(`seen-${randomBytes(4).toString("hex")}`);
    const device = new ManagedDevice(id, saved);
    if (added !== null) device.addTarget(added);
    if (sighting !== null) device.see(sighting);
    device.asked = this.options.connectAtOnce && (sighting === null || saysSsh(sighting));
    const entry = new Entry(device, (self) => makeSession(this, self));
    this.#entries.set(id, entry);
    this.changed(entry);
    for (const listener of this.#joinedListeners) listener();
    if (device.asked) entry.session.start();
    return entry;
  }

  /** Takes a device off the list and lets go of its connection. */
  remove(entry: Entry): void {
    if (!this.isListed(entry)) return;
    this.#entries.delete(entry.device.id);
    entry.leave();
    // Not waited for: the session may be the very one that asks for it.
    entry.session.close().catch(this.options.onBug);
    this.#seq += 1;
    this.updates.send({ kind: "removed", seq: this.#seq, deviceId: entry.device.id });
    this.refreshFindings();
  }

  /** Two turned out to be one: `from` goes into `into`. The list hears of the removal first, then of the change. */
  merge(into: Entry, from: Entry): void {
    for (const sighting of from.device.sightings.values()) into.device.see(sighting);
    into.device.heard ||= from.device.heard;
    into.device.wasSighted ||= from.device.wasSighted;
    into.device.asked ||= from.device.asked;
    for (const key of from.device.jumpKeys) into.device.jumpKeys.add(key);
    this.aliases.set(from.device.id, into.device.id);
    for (const [alias, id] of this.aliases) if (id === from.device.id) this.aliases.set(alias, into.device.id);
    const { saved } = from.device;
    const isLetInAnew = from.session.connected && !into.session.connected;
    if (isLetInAnew) into.device.user = from.device.user;
    if (saved !== null && into.device.saved !== null && saved.id !== into.device.saved.id) {
      const given = into.device.saved.given ?? saved.given;
      into.device.saved = {
        ...into.device.saved,
        added: into.device.saved.added || saved.added,
        ...(given === undefined ? {} : { given }),
      };
      if (isLetInAnew) this.options.passwords.move(saved.id, into.device.saved.id).catch(this.options.onBug);
      this.dropSaved(saved.id).catch(this.options.onBug);
    }
    this.remove(from);
    this.changed(into);
    into.session.wake();
  }

  /** What a source has seen. */
  onSighting(event: SightingEvent): void {
    if (this.#closed) return;
    const key = event.kind === "detach" ? event.key : event.sighting.key;
    const holder = this.entries.find((entry) => entry.device.sightings.has(key));
    if (event.kind !== "detach") this.#place(event.sighting, holder, event.kind === "update");
    else if (holder !== undefined) this.#lose(holder, key);
  }

  #lose(holder: Entry, key: string): void {
    const { device } = holder;
    device.lose(key);
    if (device.onlyHeardOf && device.sightings.size === 0) {
      this.remove(holder);
      return;
    }
    this.changed(holder);
    // It may be there still: asking it is the only way to know.
    if (!holder.session.connected && this.options.connectAtOnce && !device.onlyHeardOf) holder.session.wake();
  }

  #place(sighting: Sighting, holder: Entry | undefined, isChanged: boolean): void {
    const owner = holder ?? this.entries.find((entry) => entry.device.isWhereSeen(sighting));
    if (owner === undefined) {
      this.create(null, sighting);
      return;
    }
    owner.device.see(sighting);
    // A line in a file is news for a device that is being asked anyway: it may be the way there.
    const isToBeAsked = this.options.connectAtOnce && (saysSsh(sighting) || !owner.device.onlyHeardOf);
    if (isToBeAsked) owner.device.asked = true;
    this.changed(owner);
    if (!isToBeAsked) return;
    // The same alias, and perhaps another way.
    if (isChanged && sighting.source === "ssh-config") owner.session.wakeAnew();
    else owner.session.wake();
  }

  /** The address is somebody else's: what was seen there goes to `owner`, else to a device of its own. */
  giveAway(entry: Entry, target: SshTarget, owner: Entry | null): void {
    entry.device.refuted.add(addressKey(target.host, target.port));
    for (const [key, sighting] of entry.device.sightings) {
      const hosts = hostsToTry(sighting);
      if (sighting.port !== target.port || !hosts.includes(target.host)) continue;
      entry.device.sightings.delete(key);
      for (const host of hosts) entry.device.refuted.add(addressKey(host, sighting.port));
      if (owner === null) {
        this.create(null, sighting);
      } else {
        owner.device.see(sighting);
        this.changed(owner);
        owner.session.wake();
      }
    }
    this.changed(entry);
  }

  /** Sends the device as it is now, unless that has been said already. */
  changed(entry: Entry): void {
    if (!this.isListed(entry)) return;
    const device = entry.device.view(entry.session);
    const text = JSON.stringify(device);
    if (text === entry.lastSent) return;
    entry.lastSent = text;
    this.#seq += 1;
    this.updates.send({ kind: "changed", seq: this.#seq, device });
  }

  /** Clones are found by comparing: whoever changes may change what is said of the others. */
  refreshFindings(): void {
    const compared = this.entries.map((entry) => ({
      entry,
      name: entry.device.nameOf(entry.session.status),
      evidence: entry.device.evidence(entry.session),
      facts: entry.device.factsOf(entry.session.status),
    }));
    for (const one of compared) {
      const others = compared.filter((other) => other !== one);
      const unwritten =
        this.#unwritten === null || one.entry.device.saved === null ? [] : [unwrittenFinding(this.#unwritten)];
      const findings = [...one.entry.device.notes, ...deviceFindings(one, others), ...unwritten];
      // Of a hundred devices that come online nearly none has anything new said of it.
      if (isDeepStrictEqual(findings, one.entry.device.findings)) continue;
      one.entry.device.findings = findings;
      this.changed(one.entry);
    }
  }

  /** Writes down what is known of remembered devices; others are passed over. */
  persist(...entries: readonly Entry[]): Promise<void> {
    return this.#writer.write(entries);
  }

  /** The same in the background: what stands in the way is said at the device, and it is tried again until it is written. */
  remember(entry: Entry): void {
    this.persist(entry).then(
      () => this.#setUnwritten(null),
      (error: unknown) => {
        if (!(error instanceof AppError)) return this.options.onBug(error);
        this.#setUnwritten(error);
        if (this.#closed) return;
        this.#writeAgain ??= setTimeout(() => {
          this.#writeAgain = null;
          this.remember(entry);
        }, WRITE_AGAIN_MS).unref();
      },
    );
  }

  #setUnwritten(error: AppError | null): void {
    if (this.#unwritten?.message === error?.message) return;
    this.#unwritten = error;
    this.refreshFindings();
  }

  /** Takes a device out of the document, after what is being written to it. */
  dropSaved(id: DeviceId): Promise<void> {
    return this.#writer.drop(id);
  }

  /** A jump host is no device of this entry: it is known by what is known of others, and by the files. */
  async judgeKey(entry: Entry, end: SshEnd, role: EndRole, offered: OfferedKey): Promise<KeyVerdict> {
    const known = await this.#knownOf(entry, end, role);
    return judgeHostKey({ ...known, offered, pinsOfOthers: this.pinsOfOthers(entry) });
  }

  /**
   * The password of a jump host, by the key that it has shown and that is agreed to: what a person gave for it on the way
   * to a device, else what is kept for it as a device of its own.
   */
  async jumpPassword(entry: Entry, { target }: SshEnd, { fingerprint }: OfferedKey): Promise<string | null> {
    entry.device.jumpKeys.add(fingerprint);
    const { passwords } = this.options;
    const given = await passwords.ofServer(fingerprint, target.user);
    if (given !== null) return given;
    const [same, ...clones] = this.entries.filter((other) => other.device.pinOf()?.fingerprint === fingerprint);
    // Which of several with one key it is, nobody can tell.
    if (same === undefined || same === entry || clones.length > 0) return null;
    return passwords.ofDevice(same.device.keptAs, target.user);
  }

  /** Servers with these keys let in, by now: others may be waiting for that. */
  wakeBehind(fingerprints: ReadonlySet<string>): void {
    for (const { session } of this.entries) {
      const { askingJump } = session.status;
      if (askingJump !== null && fingerprints.has(askingJump.fingerprint)) session.wakeAnew();
    }
  }

  async hostKeyTypes(entry: Entry, end: SshEnd, role: EndRole): Promise<string[]> {
    return knownKeyTypes(await this.#knownOf(entry, end, role));
  }

  async #knownOf(entry: Entry, end: SshEnd, role: EndRole) {
    const { ownEntries, userEntries } = await this.options.knownHosts.read(end.knownHosts?.files);
    const name = nameForUser(end);
    return {
      host: end.target.host,
      port: end.target.port,
      ...(name === null ? {} : { nameForUser: name }),
      pinOfThisDevice: role === "device" ? entry.device.pinOf() : null,
      ownEntries,
      userEntries,
    };
  }

  pinsOfOthers(entry: Entry): Set<string> {
    const pins = this.entries.filter((other) => other !== entry).map((other) => other.device.pinOf()?.fingerprint);
    return new Set(pins.filter((fingerprint) => fingerprint !== undefined));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweeper);
    if (this.#writeAgain !== null) clearTimeout(this.#writeAgain);
    const entries = this.entries;
    try {
      await this.persist(...entries.filter((entry) => entry.device.heard));
    } finally {
      this.#entries.clear();
      for (const entry of entries) entry.leave();
      this.updates.close();
      await Promise.all(entries.map((entry) => entry.session.close()));
    }
  }

  /** What is to be written of these devices, which from now on counts as written. */
  #savedChanges(entries: readonly Entry[]): SavedChange[] {
    return entries.flatMap((entry) => {
      const before = entry.device.saved;
      if (before === null || !this.isListed(entry)) return [];
      const others = this.entries.filter((other) => other !== entry);
      const device = savedDeviceOf(entry, before, new Set(others.flatMap((other) => other.device.saved?.id ?? [])));
      entry.device.saved = device;
      if (device.id !== entry.device.id) this.aliases.set(device.id, entry.device.id);
      return [{ device, replaces: before.id === device.id ? null : before.id }];
    });
  }

  #sweep(): void {
    for (const entry of this.entries) {
      const { state, stateSinceMs, remembered } = entry.device.view(entry.session);
      if (state === "gone" && !remembered && Date.now() - stateSinceMs > KEEP_GONE_MS) this.remove(entry);
    }
  }
}

/** True for a machine that is there with SSH, as far as its source can know; a line in a file knows nothing of that. */
function saysSsh(sighting: Sighting): boolean {
  return sighting.ssh && sighting.source !== "ssh-config";
}
