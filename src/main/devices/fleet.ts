import { homedir } from "node:os";
import type { DeviceListUpdate, SampleBatch } from "../../shared/contract/index.ts";
import {
  AppError,
  type Container,
  type Device,
  type DeviceId,
  type DiscoveryEvidence,
  type LogBatch,
  type LogExtent,
  type LogHits,
  type LogPage,
  type LogQuery,
  type OpenPort,
  type Outcome,
  type ProbePlan,
  type ProbeRequest,
  type ProbeUpdate,
  type SshTarget,
} from "../../shared/domain/index.ts";
import type { Engine } from "../engines/index.ts";
import { loadHandshake, readCredentials, type SshConnection, type SshCredentials } from "../ssh/index.ts";
import { type Kept, openLogCache, openSecrets, type SecretStore } from "../store/index.ts";
import type { DiscoverySource } from "./discovery-source.ts";
import { DeviceActions, type GivenAddress } from "./fleet/device-actions.ts";
import { DeviceRegistry } from "./fleet/device-registry.ts";
import type { Entry } from "./fleet/entry.ts";
import { findDevice } from "./fleet/find-device.ts";
import { SampleHub } from "./fleet/sample-hub.ts";
import { watchContainers } from "./fleet/watch-containers.ts";
import { watchList } from "./fleet/watch-list.ts";
import { watchSamples } from "./fleet/watch-samples.ts";
import { whenAllSettled, whenSettled } from "./fleet/when-settled.ts";
import { KeyPassphrases } from "./key-passphrases.ts";
import { openKnownHosts } from "./known-hosts/known-hosts-files.ts";
import { DeviceLogs } from "./logs/device-logs.ts";
import { containerOf, type FollowLogsRequest, followLogs } from "./logs/follow-logs.ts";
import { type WatchLogsRequest, watchLogs } from "./logs/watch-logs.ts";
import { lanAddresses } from "./mdns/interfaces.ts";
import { mdnsSource } from "./mdns/mdns-source.ts";
import { DevicePasswords, savedWithPasswords } from "./passwords.ts";
import { OpenPorts } from "./ports/open-ports.ts";
import { openSavedDevices } from "./saved-devices.ts";
import { sshConfigSource } from "./ssh-config/ssh-config-source.ts";
import { type ProbeSource, probeSource } from "./subnet-probe/probe-source.ts";
import { networkEvidence } from "./surroundings/network-evidence.ts";
import { readSurroundings } from "./surroundings/read-surroundings.ts";

export interface FleetOptions {
  /** Where `devices.json` and `known_hosts` live. */
  dataFolder: string;
  /** What to log in with; read anew from the person's home for each connection unless given. */
  credentials?: SshCredentials;
  /** What keeps the passwords of devices; this process alone unless given. */
  secrets?: SecretStore;
  /** Where devices are seen; multicast DNS and `~/.ssh/config` unless given. */
  sources?: readonly DiscoverySource[];
  /** What searches a network when it is asked to; the networks of this machine unless given. */
  probe?: ProbeSource;
  /** False: nothing is listened for, and a remembered device is connected only when it is asked for. */
  discover?: boolean;
  /** The person's home folder, for `.ssh`. */
  home?: string;
  /** Told about errors that no code expects; stderr unless given. */
  onBug?: (error: unknown) => void;
}

/** Every device that Bayplan knows or sees, and the one way to each of them. */
export interface Fleet {
  /** A snapshot, then changes, until the signal aborts. */
  watch(signal: AbortSignal): AsyncGenerator<DeviceListUpdate, void, void>;
  list(): Device[];
  /** By name, id, host name or address. Throws `not-found` with near names, `bad-input` when it could be several. */
  find(wanted: string): Device;
  /** Remembers a device by its address and connects. Throws `bad-input`. */
  add(target: GivenAddress, name: string | null): Promise<Device>;
  /** Agrees to a first-seen key. Throws `not-found`, and `conflict` when that is not the key it shows now. */
  trust(id: DeviceId, fingerprint: string): Promise<Device>;
  /** Replaces the pinned key. Throws `not-found`, and `conflict` when either key is not what is there now. */
  repin(id: DeviceId, pinnedFingerprint: string, offeredFingerprint: string): Promise<Device>;
  setUser(id: DeviceId, user: string): Promise<Device>;
  /**
   * Logs in to this device, and to no other, with a password as well, and says how it is kept. Throws `not-found`,
   * `bad-input`, and `key-unknown` or `key-changed` while nobody has agreed to its key.
   */
  setPassword(id: DeviceId, user: string, password: string): Promise<{ device: Device; kept: Kept }>;
  /**
   * Logs in to the jump host that stands before this device (`askingJump`) with a password as well. It is kept for the
   * server with that host key alone, for every device behind it. Throws `not-found`, and `conflict` when it does not ask.
   */
  setJumpPassword(id: DeviceId, jump: SshTarget, password: string): Promise<{ device: Device; kept: Kept }>;
  /**
   * Opens a key that a device was not tried with, keeps its passphrase, and connects anew. Throws `not-found` for a file
   * that is no such key, `bad-input` when the passphrase is wrong.
   */
  unlockKey(id: DeviceId, path: string, passphrase: string): Promise<{ device: Device; kept: Kept }>;
  /**
   * Writes the agreed key into the person's own known_hosts, so that plain ssh takes it too. Throws `key-unknown`,
   * `key-changed`, and `conflict` when another key stands there.
   */
  shareKey(id: DeviceId): Promise<{ file: string; added: boolean }>;
  retry(id: DeviceId): Promise<Device>;
  /** Forgets it with its key and its password. True when it was remembered. */
  forget(id: DeviceId): Promise<boolean>;
  /** The engine of a device; it belongs to the device's session and is not the caller's to close. Waits for a first answer. Throws what explains the device's state. */
  engineOf(id: DeviceId): Promise<Engine>;
  /** The SSH connection of a device; it belongs to the device's session and is not the caller's to close. Waits and throws as `engineOf` does. */
  connectionOf(id: DeviceId): Promise<SshConnection>;
  /** The id under which things of a device are kept on the disk; that in this process may be another until the next start. Throws `not-found`. */
  keptAs(id: DeviceId): DeviceId;
  /** The device's containers now and as they change, or why they cannot be had. Throws `not-found`. */
  containers(id: DeviceId, signal: AbortSignal): AsyncGenerator<Outcome<Container[]>, void, void>;
  /**
   * Samples of these devices, or of all of them, every `intervalMs` (20 to 1,000) as far as the device keeps up; the
   * last five minutes first. Throws `not-found`.
   */
  samples(
    ids: readonly DeviceId[] | null,
    intervalMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<SampleBatch, void, void>;
  /**
   * The logs of some containers, and of those that take their places, on and on over breaks of the connection. Throws
   * what explains the device's state when it is not online at first, and `not-found` for a container.
   */
  logs(id: DeviceId, request: FollowLogsRequest, signal: AbortSignal): AsyncGenerator<LogBatch, void, void>;
  /** The logs of some containers as one list of rows, and how far it reaches. Throws as `logs` does. */
  watchLogs(id: DeviceId, request: WatchLogsRequest, signal: AbortSignal): AsyncGenerator<LogExtent, void, void>;
  /** Rows of such a list while it is watched. Throws `not-found`. */
  logPage(id: DeviceId, wanted: { viewId: string; from: number; count: number }): Promise<LogPage>;
  /** The rows of such a list that match. Throws `not-found`, `bad-input`. */
  searchLogs(
    id: DeviceId,
    wanted: { viewId: string; query: LogQuery; from: number },
    signal: AbortSignal,
  ): AsyncGenerator<LogHits, void, void>;
  /** Opens a port on this machine, see `OpenPorts`. Throws what explains the device's state, `not-found` for a container. */
  openPort(
    id: DeviceId,
    wanted: { port: number; containerId: string | null; localPort: number | null },
  ): Promise<OpenPort>;
  ports(): OpenPort[];
  /** True when it was open. */
  closePort(portId: string): Promise<boolean>;
  /** What a search of the network would ask. Throws `bad-input` and `unsupported`. */
  probePlan(request: ProbeRequest): ProbePlan;
  /**
   * Searches the network for SSH servers, which join the list as they are found. Throws `bad-input`, `unsupported`, and
   * `conflict` while another search goes on.
   */
  probe(request: ProbeRequest, signal: AbortSignal): AsyncGenerator<ProbeUpdate, void, void>;
  evidence(): DiscoveryEvidence[];
  readonly listeningSinceMs: number | null;
  /** Resolves when the sources' first round is over and every device has a first definite state; at the latest after the time. */
  whenSettled(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

/** How long `engineOf` waits for a device that has only just been met. */
const FIRST_ANSWER_MS = 20_000;

/** Opens the fleet: remembered devices are on the list at once, marked stale until they answer. */
export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const home = options.home ?? homedir();
  const discover = options.discover ?? true;
  // What is found is connected at once, so what that takes is loaded beside the search.
  if (discover) void loadHandshake();
  const onBug = options.onBug ?? writeToStderr;
  const secrets = options.secrets ?? openSecrets(options.dataFolder, null);
  const passwords = new DevicePasswords(secrets);
  const passphrases = new KeyPassphrases(secrets);
  const saved = savedWithPasswords(openSavedDevices(options.dataFolder), passwords);
  const registry = new DeviceRegistry({
    saved,
    knownHosts: openKnownHosts(options.dataFolder, home),
    passwords,
    passphrases,
    home,
    credentials: async (identities) =>
      options.credentials === undefined
        ? readCredentials(home, process.env, { identities, passphraseOf: (path) => passphrases.of(path) })
        : { ...options.credentials, skipped: [] },
    connectAtOnce: discover,
    onBug,
  });
  const actions = new DeviceActions(registry);
  const hubs = new WeakMap<Entry, SampleHub>();
  const hubOf = (entry: Entry): SampleHub => {
    const hub = hubs.get(entry) ?? new SampleHub(entry, onBug);
    hubs.set(entry, hub);
    return hub;
  };
  const probe = options.probe ?? probeSource({ ownAddresses: lanAddresses });
  const given = options.sources ?? [mdnsSource(), sshConfigSource({ home })];
  const sources = discover ? [...given.slice(0, 1), probe, ...given.slice(1)] : [];
  const cache = openLogCache(options.dataFolder);
  const logs = new Map<Entry, DeviceLogs>();
  const logsOf = (entry: Entry): DeviceLogs => {
    const known = logs.get(entry);
    if (known !== undefined) return known;
    const made = new DeviceLogs(entry, cache, onBug);
    logs.set(entry, made);
    entry.left.addEventListener("abort", () => logs.delete(entry) && made.close().catch(onBug), { once: true });
    return made;
  };
  const liveOf = async (entry: Entry) => {
    entry.ask();
    await whenSettled(entry, FIRST_ANSWER_MS);
    const { live } = entry.session;
    if (live === null) throw entry.troubleError();
    return live;
  };
  const engineOf = async (entry: Entry): Promise<Engine> => (await liveOf(entry)).engine;
  const ports = new OpenPorts(onBug);
  for (const device of await saved.list()) registry.create(device);
  const detach = sources.map((source) => source.attach((event) => registry.onSighting(event)));
  const listeningSinceMs = sources.length > 0 ? Date.now() : null;

  return {
    watch: (signal) => watchList(registry, signal),
    list: () => registry.list(),
    find: (wanted) => findDevice(registry.list(), wanted, registry.aliases),
    add: (target, name) => actions.add(target, name),
    trust: (id, fingerprint) => actions.trust(id, fingerprint),
    repin: (id, pinned, offered) => actions.repin(id, pinned, offered),
    setUser: (id, user) => actions.setUser(id, user),
    setPassword: (id, user, password) => actions.setPassword(id, user, password),
    setJumpPassword: (id, jump, password) => actions.setJumpPassword(id, jump, password),
    unlockKey: (id, path, passphrase) => actions.unlockKey(id, path, passphrase),
    shareKey: (id) => actions.shareKey(id),
    retry: (id) => actions.retry(id),
    forget: (id) => actions.forget(id),
    engineOf: async (id) => engineOf(registry.entry(id)),
    connectionOf: async (id) => (await liveOf(registry.entry(id))).connection,
    keptAs: (id) => registry.entry(id).device.keptAs,
    containers: (id, signal) => watchContainers(registry.entry(id), signal),
    samples(ids, intervalMs, signal) {
      const named = ids?.map((id) => registry.entry(id)) ?? null;
      const entries = () => named ?? registry.entries;
      const source = { entries, hubOf, onJoined: (listener: () => void) => registry.onJoined(listener) };
      return watchSamples(source, intervalMs, signal);
    },
    async *logs(id, request, signal) {
      const entry = registry.entry(id);
      const containers = await (await engineOf(entry)).listContainers();
      yield* followLogs(entry, logsOf(entry), containers, request, signal);
    },
    async *watchLogs(id, request, signal) {
      const entry = registry.entry(id);
      const containers = await (await engineOf(entry)).listContainers();
      yield* watchLogs(entry, logsOf(entry), containers, request, signal);
    },
    logPage: async (id, { viewId, ...wanted }) => logsOf(registry.entry(id)).view(viewId).page(wanted),
    async *searchLogs(id, { viewId, ...wanted }, signal) {
      yield* logsOf(registry.entry(id)).view(viewId).search(wanted, signal);
    },
    async openPort(id, { containerId, ...wanted }) {
      const entry = registry.entry(id);
      if (containerId === null) {
        entry.ask();
        await whenSettled(entry, FIRST_ANSWER_MS);
        return ports.open(entry, { ...wanted, container: null });
      }
      const containers = await (await engineOf(entry)).listContainers();
      return ports.open(entry, { ...wanted, container: containerOf(containers, containerId) });
    },
    ports: () => ports.list(),
    closePort: (portId) => ports.close(portId),
    probePlan: (request) => probe.plan(request),
    probe: (request, signal) => probe.run(request, signal),
    evidence() {
      const heard = sources.flatMap((source) => source.evidence());
      const around = sources.length > 0 ? networkEvidence(readSurroundings(), heard) : [];
      return [...around, ...heard, savedEvidence(registry)];
    },
    listeningSinceMs,
    async whenSettled(timeoutMs) {
      const deadlineMs = performance.now() + timeoutMs;
      await Promise.race([Promise.all(sources.map((source) => source.firstRound())), until(deadlineMs)]);
      if (discover) await whenAllSettled(registry, deadlineMs);
    },
    async close() {
      for (const stop of detach) stop();
      await ports.closeAll();
      const open = [...logs.values()];
      logs.clear();
      await registry.close();
      await Promise.all(open.map((one) => one.close()));
      await cache.close();
    },
  };
}

function savedEvidence(registry: DeviceRegistry): DiscoveryEvidence {
  const remembered = registry.list().filter((device) => device.remembered);
  const answering = remembered.filter((device) => device.state === "online" || device.state === "engine-down");
  return {
    source: "saved",
    state: answering.length > 0 ? "working" : "nothing-heard",
    detail: `${remembered.length} devices remembered, ${answering.length} of them answer`,
    hint: null,
  };
}

function until(deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, deadlineMs - performance.now())).unref();
  });
}

function writeToStderr(error: unknown): void {
  const text =
    error instanceof AppError ? error.message : error instanceof Error ? (error.stack ?? error.message) : "?";
  process.stderr.write(`devices: ${text}\n`);
}
