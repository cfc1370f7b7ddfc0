import { type Device, familyName, familyOf } from "../../shared/domain/index.ts";
import { stateWord } from "../../shared/format/words.ts";

/** What a person is told first about a device; the order of the cases is the order of urgency. */
export type DeviceKind = "heard" | "changed-key" | "new" | "offline" | "refused" | "problem" | "connecting" | "online";

/** The shape that stands before a device's name. */
export type GlyphShape = "run" | "warn" | "half" | "dead" | "off" | "new" | "unknown";

const offline: readonly Device["state"][] = ["unreachable", "gone", "ssh-refused"];

function hasProblems(device: Device): boolean {
  return device.findings.some((finding) => finding.severity !== "info");
}

export function deviceKind(device: Device): DeviceKind {
  if (device.state === "not-asked") return "heard";
  if (device.state === "key-changed" || device.hostKey.trust === "changed") return "changed-key";
  if (offline.includes(device.state)) return "offline";
  if (device.hostKey.trust === "new") return "new";
  if (device.state === "auth-failed") return "refused";
  if (device.state === "engine-down" || (device.state === "online" && hasProblems(device))) return "problem";
  if (device.state === "connecting") return device.remembered ? "connecting" : "new";
  return "online";
}

/** The state in one or two words. */
export function deviceStateWord(device: Device): string {
  return deviceKind(device) === "new" ? "New" : stateWord(device.state);
}

export function deviceGlyph(device: Device): GlyphShape {
  const kind = deviceKind(device);
  if (kind === "changed-key") return "dead";
  if (kind === "offline") return "off";
  if (kind === "new" || kind === "heard") return "new";
  if (kind === "connecting") return "unknown";
  if (kind === "online") return "run";
  return device.findings.some((finding) => finding.severity === "error") ? "dead" : "warn";
}

/** Model, or what is known of it while the probe has not run. */
export function deviceModelText(device: Device): string {
  if (device.facts !== null) return device.facts.model ?? device.facts.osName ?? device.facts.arch;
  if (device.announcedModel !== null) return `Announces ${device.announcedModel}`;
  if (device.sources.includes("mdns")) return "Seen on the network";
  if (device.sources.includes("probe")) return "Found by a search";
  return device.sources.includes("ssh-config") ? "From your SSH config" : "Not read yet";
}

/** The family where the model does not say it already; null while the machine was not asked. */
export function deviceFamilyText(device: Device): string | null {
  if (device.facts === null) return null;
  const family = familyOf(device.facts);
  const name = familyName(family);
  const first = name.split(" ")[0] ?? name;
  return device.facts.model?.toLowerCase().includes(first.toLowerCase()) === true ? null : name;
}

/** The address a person would type: the one in use, without the usual port. */
export function deviceAddressText(device: Device): string {
  const port = device.target.port === 22 ? "" : `:${device.target.port}`;
  return `${device.target.host}${port}`;
}
