import type { SshTarget } from "../../../shared/domain/index.ts";
import { foundRoute, namedRoute, type SshEnd } from "../../ssh/index.ts";
import type { ProbeAnswer } from "../identity/parse-probe.ts";
import { DeviceSession } from "../session/device-session.ts";
import type { EndRole, OfferedKey } from "../session/session-status.ts";
import type { DeviceRegistry } from "./device-registry.ts";
import type { Entry } from "./entry.ts";
import { identifyEntry } from "./identify-entry.ts";
import { newSavedDevice } from "./new-saved-device.ts";

/** The session of a device on the list, with the list as its surroundings. */
export function makeSession(registry: DeviceRegistry, entry: Entry): DeviceSession {
  const { device } = entry;
  const { onBug, credentials, passwords, home } = registry.options;
  const surroundings = {
    targets: () => device.targets(),
    routeOf: (target: SshTarget) =>
      device.isNamedByPerson(target.host) ? namedRoute(target, home) : foundRoute(target, home),
    credentialsOf: async (end: SshEnd, role: EndRole) => {
      const found = await credentials(end.identities);
      // A device's password is for that device; what lies before it has its own (`jumpPassword`).
      if (role === "jump") return found;
      const login = await passwords.addTo(found, device.keptAs, end.target.user);
      return { ...login, skipped: found.skipped };
    },
    jumpPassword: (jump: SshEnd, key: OfferedKey) => registry.jumpPassword(entry, jump, key),
    hostKeyTypes: (end: SshEnd, role: EndRole) => registry.hostKeyTypes(entry, end, role),
    judgeKey: (end: SshEnd, role: EndRole, offered: OfferedKey) => registry.judgeKey(entry, end, role, offered),
    rememberedFacts: () => device.factsOf(entry.session.status),
    pinnedBoardSerial: () => device.saved?.facts?.boardSerial ?? null,
    onStatus: () => takeStatus(registry, entry),
    onIdentified: async (target: SshTarget, offered: OfferedKey, probe: ProbeAnswer) => {
      const isMeant = await identifyEntry(registry, entry, target, offered, probe);
      registry.wakeBehind(new Set([...device.jumpKeys, offered.fingerprint]));
      return isMeant;
    },
    onTaken: (target: SshTarget, offered: OfferedKey) => {
      const owner = registry.entries.find(
        (other) => other !== entry && other.device.pinOf()?.fingerprint === offered.fingerprint,
      );
      registry.giveAway(entry, target, owner ?? null);
    },
    onEngineEvent: () => entry.tell("engine-event"),
    onBug,
  };
  return new DeviceSession(surroundings, device.initialStatus(Date.now()));
}

function takeStatus(registry: DeviceRegistry, entry: Entry): void {
  const { status } = entry.session;
  if (status.answeredAtMs !== null) {
    entry.device.heard = true;
    entry.device.lastSeenAtMs = Math.max(status.answeredAtMs, entry.device.lastSeenAtMs ?? 0);
  }
  const isOnline = status.state === "online";
  if (isOnline && entry.device.saved === null && status.offered !== null) {
    entry.device.saved = newSavedDevice(entry, status.target, status.offered, false);
  }
  if (isOnline !== entry.wasOnline) registry.remember(entry);
  entry.wasOnline = isOnline;
  registry.changed(entry);
  entry.tell("status");
}
