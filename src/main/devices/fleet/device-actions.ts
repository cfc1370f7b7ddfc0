import { AppError, type Device, type DeviceId, type SshTarget } from "../../../shared/domain/index.ts";
import { askSshConfig } from "../../ssh/index.ts";
import type { Kept } from "../../store/index.ts";
import { fingerprintOf } from "../known-hosts/judge-host-key.ts";
import { usualUserFiles } from "../known-hosts/known-hosts-files.ts";
import { knownHostsName } from "../known-hosts/known-hosts-line.ts";
import { nameForUser } from "../known-hosts/name-for-user.ts";
import { addToKnownHosts } from "../known-hosts/user-known-hosts.ts";
import type { SessionStatus } from "../session/session-status.ts";
import type { DeviceRegistry } from "./device-registry.ts";
import type { Entry } from "./entry.ts";
import { DEFAULT_USER } from "./managed-device.ts";
import { newSavedDevice } from "./new-saved-device.ts";

/** An address as a person wrote it; what is null is for ssh_config to say, or the usual. */
export interface GivenAddress {
  user: string | null;
  host: string;
  port: number | null;
}

/** What a person decides about devices. Each call writes it down first, then acts on it, then gives the device as it is. */
export class DeviceActions {
  readonly #registry: DeviceRegistry;

  constructor(registry: DeviceRegistry) {
    this.#registry = registry;
  }

  /** Remembers a device by its address and connects; one that is known at that address is taken. */
  async add(given: GivenAddress, name: string | null): Promise<Device> {
    const host = given.host.trim();
    if (host === "" || host.startsWith("-") || /[\s/@]/.test(host)) {
      throw new AppError("bad-input", `"${given.host}" is no host name or address.`, {
        hint: "Write it like 192.168.1.20, press-line-01.local or fe80::1%eth0.",
      });
    }
    const asked = askSshConfig(host, this.#registry.options.home);
    // The connection asks the same in a moment: then it is known already. What is wrong with it is said there.
    asked.catch(() => undefined);
    const config = given.user === null || given.port === null ? await asked : null;
    const port = given.port ?? config?.port ?? 22;
    const known = this.#registry.entries.find((entry) => entry.device.hasAddress(host, port));
    const configured = config?.isNamed === true ? config.user : null;
    const user = given.user ?? configured ?? known?.device.user ?? DEFAULT_USER;
    const target = { user, host, port };
    const entry = known ?? this.#registry.create(null, null, target);
    const { device } = entry;
    device.asked = true;
    const before = device.saved ?? newSavedDevice(entry, target, null, true);
    device.user = user;
    device.saved = { ...before, added: true, given: host, name: name?.trim() || before.name };
    await this.#registry.persist(entry);
    if (known !== undefined && known.session.status.target.user !== target.user) entry.session.reconnect();
    else entry.session.wake();
    return this.#view(entry);
  }

  /** Throws `conflict` when the device shows another key by now, or none was shown. */
  async trust(id: DeviceId, fingerprint: string): Promise<Device> {
    const entry = this.#registry.entry(id);
    const { hostKey, offered, target } = entry.session.status;
    if (hostKey.trust === "pinned") throw keyConflict("Its key is agreed to already.");
    if (hostKey.trust === "changed")
      throw keyConflict("Its key has changed: it can only be replaced, not agreed to as new.");
    if (offered === null) throw keyConflict("It has not shown a key yet.");
    if (offered.fingerprint !== fingerprint) throw keyConflict(`It shows another key now: ${offered.fingerprint}.`);
    await this.#registry.options.knownHosts.pin(target.host, target.port, offered);
    const { device } = entry;
    device.saved = {
      ...(device.saved ?? newSavedDevice(entry, target, offered, false)),
      hostKey: { type: offered.type, fingerprint },
    };
    await this.#registry.persist(entry);
    entry.session.agreed();
    return this.#view(entry);
  }

  /** Throws `conflict` when either key is not the one that was shown, or the offered one is revoked. */
  async repin(id: DeviceId, pinnedFingerprint: string, offeredFingerprint: string): Promise<Device> {
    const entry = this.#registry.entry(id);
    const { hostKey, offered, target } = entry.session.status;
    if (hostKey.trust !== "changed" || offered === null) throw keyConflict("Its key has not changed.");
    if (hostKey.pinned === null) throw keyConflict("The key that it shows is marked @revoked, and cannot be pinned.");
    if (hostKey.pinned.fingerprint !== pinnedFingerprint) {
      throw keyConflict(`Another key is pinned by now: ${hostKey.pinned.fingerprint}.`);
    }
    if (offered.fingerprint !== offeredFingerprint)
      throw keyConflict(`It shows another key now: ${offered.fingerprint}.`);
    const isOthersToo = this.#registry.pinsOfOthers(entry).has(pinnedFingerprint);
    await this.#registry.options.knownHosts.pin(
      target.host,
      target.port,
      offered,
      isOthersToo ? [] : [pinnedFingerprint],
    );
    const { device } = entry;
    device.expectsOtherBoard = true;
    device.saved = {
      ...(device.saved ?? newSavedDevice(entry, target, offered, false)),
      hostKey: { type: offered.type, fingerprint: offeredFingerprint },
    };
    await this.#registry.persist(entry);
    entry.session.agreed();
    return this.#view(entry);
  }

  async setUser(id: DeviceId, user: string): Promise<Device> {
    const name = userNameOf(user);
    const entry = this.#registry.entry(id);
    entry.device.user = name;
    entry.device.asked = true;
    await this.#registry.persist(entry);
    entry.session.reconnect();
    return this.#view(entry);
  }

  /**
   * Keeps a password for this user of this device, remembers the device, and connects anew. Throws `bad-input`,
   * `key-unknown` and `key-changed`: a password is for a device whose key a person has agreed to.
   */
  async setPassword(id: DeviceId, user: string, password: string): Promise<{ device: Device; kept: Kept }> {
    const name = userNameOf(user);
    const entry = this.#registry.entry(id);
    const { device, session } = entry;
    requireAgreedKey(session.status);
    device.saved ??= newSavedDevice(entry, session.status.target, session.status.offered, false);
    const kept = await this.#registry.options.passwords.set(device.keptAs, name, password);
    device.user = name;
    await this.#registry.persist(entry);
    session.reconnect();
    return { device: this.#view(entry), kept };
  }

  /**
   * Keeps a password for the jump host that stands before this device, and connects anew. Throws `conflict` when that host
   * does not ask for one now: a password is only given for what a person was shown.
   */
  async setJumpPassword(id: DeviceId, jump: SshTarget, password: string): Promise<{ device: Device; kept: Kept }> {
    const entry = this.#registry.entry(id);
    const asking = entry.session.status.askingJump;
    const isSame =
      asking?.target.user === jump.user && asking.target.host === jump.host && asking.target.port === jump.port;
    if (asking === null || !isSame) {
      throw new AppError("conflict", `${jump.user}@${jump.host} does not ask for a password now.`, {
        hint: "Look at the device again: it says what stands in the way now.",
      });
    }
    const kept = await this.#registry.options.passwords.setForServer(asking.fingerprint, jump.user, password);
    // This one alone: a wrong password is refused once, and not once for each device behind that host.
    entry.session.reconnect();
    return { device: this.#view(entry), kept };
  }

  /** Throws `not-found` for what is not one of the keys that were left out, `bad-input` for a wrong passphrase. */
  async unlockKey(id: DeviceId, path: string, passphrase: string): Promise<{ device: Device; kept: Kept }> {
    const entry = this.#registry.entry(id);
    if (!entry.session.status.lockedKeys.includes(path)) {
      throw new AppError("not-found", `No key of that name waits for a passphrase: ${path}.`, {
        hint: "It may have been opened meanwhile. Try the device again.",
      });
    }
    const kept = await this.#registry.options.passphrases.keep(path, passphrase);
    entry.session.reconnect();
    return { device: this.#view(entry), kept };
  }

  /** Throws `key-unknown` and `key-changed` while nobody has agreed, `conflict` when the file holds another key. */
  async shareKey(id: DeviceId): Promise<{ file: string; added: boolean }> {
    const entry = this.#registry.entry(id);
    const { status } = entry.session;
    requireAgreedKey(status);
    const { home, knownHosts } = this.#registry.options;
    const { ownEntries } = await knownHosts.read();
    const pin = entry.device.pinOf() ?? status.hostKey.pinned;
    const key = [...(status.offered === null ? [] : [status.offered]), ...ownEntries].find(
      ({ blobBase64 }) => fingerprintOf(blobBase64) === pin?.fingerprint,
    );
    if (key === undefined) throw keyConflict("Its key has not been seen since this start. Wait until it answers.");
    // Nobody types a link-local address: where there is another one, the key is to be found under that.
    const isTyped = !status.target.host.includes(":");
    const end = await entry.session.endOf(isTyped ? status.target : (entry.device.targets()[0] ?? status.target));
    const [file = ""] = end.knownHosts?.files ?? usualUserFiles(home);
    const added = await addToKnownHosts({
      file,
      name: nameForUser(end) ?? knownHostsName(end.target.host, end.target.port),
      type: key.type,
      blobBase64: key.blobBase64,
      hash: end.knownHosts?.hash ?? false,
    });
    return { file, added };
  }

  async retry(id: DeviceId): Promise<Device> {
    const entry = this.#registry.entry(id);
    entry.device.asked = true;
    entry.session.retry();
    return this.#view(entry);
  }

  /** True when it was remembered. What is still announced comes back as new. */
  async forget(id: DeviceId): Promise<boolean> {
    const entry = this.#registry.entry(id);
    const { saved, sightings } = entry.device;
    const pin = saved?.hostKey?.fingerprint;
    const isOthersToo = pin !== undefined && this.#registry.pinsOfOthers(entry).has(pin);
    this.#registry.remove(entry);
    if (saved !== null) await this.#registry.dropSaved(saved.id);
    for (const key of this.#jumpKeysOfNoOther(entry)) await this.#registry.options.passwords.removeOfServer(key);
    if (pin !== undefined && !isOthersToo) await this.#registry.options.knownHosts.unpin([pin]);
    for (const sighting of sightings.values()) this.#registry.onSighting({ kind: "attach", sighting });
    return saved !== null;
  }

  /** The jump hosts that no other device was tried through: what is kept for them is of no use without this one. */
  #jumpKeysOfNoOther(entry: Entry): string[] {
    const others = this.#registry.entries.filter((other) => other !== entry);
    return [...entry.device.jumpKeys].filter((key) => !others.some((other) => other.device.jumpKeys.has(key)));
  }

  #view(entry: Entry): Device {
    this.#registry.changed(entry);
    return entry.device.view(entry.session);
  }
}

function userNameOf(text: string): string {
  const name = text.trim();
  if (/^[A-Za-z0-9_][A-Za-z0-9_.@\\-]*\$?$/.test(name)) return name;
  throw new AppError("bad-input", `"${text}" is no user name.`, {
    hint: "Write it as in /etc/passwd on the device.",
  });
}

function requireAgreedKey({ hostKey }: SessionStatus): void {
  if (hostKey.trust === "pinned") return;
  const isChanged = hostKey.trust === "changed";
  throw new AppError(
    isChanged ? "key-changed" : "key-unknown",
    isChanged ? "The host key of this device has changed." : "Nobody has agreed to the host key of this device yet.",
    { hint: "Compare its key and agree to it first." },
  );
}

function keyConflict(message: string): AppError {
  return new AppError("conflict", message, { hint: "Look at the device again, and decide on what it shows now." });
}
