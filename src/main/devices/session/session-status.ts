import type {
  DeviceFacts,
  DeviceState,
  EngineInfo,
  Failure,
  HostKeyTrust,
  KeyPrint,
  SshTarget,
} from "../../../shared/domain/index.ts";
import type { Engine } from "../../engines/index.ts";
import type { FoundCredentials, SshConnection, SshEnd, SshRoute } from "../../ssh/index.ts";
import type { ProbeAnswer } from "../identity/parse-probe.ts";
import type { KeyVerdict } from "../known-hosts/judge-host-key.ts";

/** A host key with the blob that a known_hosts line needs. */
export type OfferedKey = KeyPrint & { blobBase64: string };

/** Where the session of a device stands. Replaced as a whole, never changed in place. */
export interface SessionStatus {
  state: DeviceState;
  trouble: Failure | null;
  sinceMs: number;
  /** The address that is tried or used. */
  target: SshTarget;
  hostKey: HostKeyTrust;
  offered: OfferedKey | null;
  probe: ProbeAnswer | null;
  probedAtMs: number | null;
  engine: EngineInfo | null;
  /** Key files that were not tried since their passphrase is missing, after a login that was refused. */
  lockedKeys: readonly string[];
  /** The jump host that stands in the way until it is given a password, and its host key. */
  askingJump: AskingJump | null;
  /** When the machine last answered in any way. */
  answeredAtMs: number | null;
}

/** A jump host that refused the login and takes a password. */
export interface AskingJump {
  target: SshTarget;
  fingerprint: string;
}

/** A server on the way: the device itself, or a jump host before it. */
export type EndRole = "device" | "jump";

/** What a session asks its surroundings, and tells them. */
export interface SessionSurroundings {
  /** Where to try, best first. */
  targets(): readonly SshTarget[];
  /** The way to one of them. Throws RouteError. */
  routeOf(target: SshTarget): Promise<SshRoute>;
  /** What to log in with there: on this device, or on a jump host before it. */
  credentialsOf(end: SshEnd, role: EndRole): Promise<FoundCredentials>;
  /** The password that is kept for a jump host with this key. */
  jumpPassword(jump: SshEnd, key: OfferedKey): Promise<string | null>;
  /** The types of host keys that are known there. */
  hostKeyTypes(end: SshEnd, role: EndRole): Promise<string[]>;
  judgeKey(end: SshEnd, role: EndRole, offered: OfferedKey): Promise<KeyVerdict>;
  /** What it was like when it was last here; null for a device that is new. */
  rememberedFacts(): DeviceFacts | null;
  /** The serial number of the board whose key is pinned. */
  pinnedBoardSerial(): string | null;
  onStatus(status: SessionStatus): void;
  /** The machine has said who it is. False: it is not the one that was meant, leave it. */
  onIdentified(target: SshTarget, offered: OfferedKey, probe: ProbeAnswer): Promise<boolean>;
  /** Another known device answers at this address. */
  onTaken(target: SshTarget, offered: OfferedKey): void;
  onEngineEvent(): void;
  /** An error that no code of ours expects. */
  onBug(error: unknown): void;
}

/** What is there while a device is online. */
export interface LiveParts {
  connection: SshConnection;
  engine: Engine;
  /** Aborts when the engine or the connection has gone. */
  signal: AbortSignal;
}

export function hostKeyOf(verdict: KeyVerdict, offered: OfferedKey): HostKeyTrust {
  const print = { type: offered.type, fingerprint: offered.fingerprint };
  switch (verdict.trust) {
    case "pinned":
      return { trust: "pinned", offered: print, pinned: verdict.pinned };
    case "new":
      return { trust: "new", offered: print, pinned: null };
    case "changed":
      return { trust: "changed", offered: print, pinned: verdict.pinned };
    case "revoked":
      return { trust: "changed", offered: print, pinned: null };
    case "moved-in":
      return { trust: "unseen", offered: null, pinned: null };
  }
}
