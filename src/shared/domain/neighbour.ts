import type { Device } from "./device.ts";

/** Services of printers, televisions and loudspeakers. */
const APPLIANCE_SERVICES = new Set([
  "_ipp._tcp",
  "_printer._tcp",
  "_pdl-datastream._tcp",
  "_googlecast._tcp",
  "_airplay._tcp",
]);

/** Services that say that SSH is there. */
const SSH_SERVICES = new Set(["_ssh._tcp", "_sftp-ssh._tcp", "_resin-device._sub._ssh._tcp"]);

/** Apple's own machines by the model they announce. Not `MacSamba`, `RackMac`, `Xserve`: Linux file servers say those. */
const APPLE_MODEL = /^(MacBook|iMac|Macmini|MacPro|Mac\d|AppleTV|AudioAccessory|iPhone|iPad)/;

/**
 * True for a machine of the same network that is most likely no container host, so that it may be hidden: one that is
 * known only by services other than SSH, that announces itself as a printer, a television or an Apple machine, or that
 * let Bayplan in and has no container engine. Never one that a person added, agreed to, or wrote into `~/.ssh/config`.
 */
export function isNeighbour(device: Device): boolean {
  if (device.remembered || device.sources.includes("added") || device.sources.includes("ssh-config")) return false;
  const isHeardWithoutSsh =
    device.sources.includes("mdns") &&
    !device.sources.includes("probe") &&
    !device.services.some((service) => SSH_SERVICES.has(service));
  // It stays one when it was asked and SSH did not answer.
  if (device.state === "not-asked" || (isHeardWithoutSsh && device.hostKey.trust === "unseen")) return true;
  if (device.facts !== null) return device.engine === null && device.facts.engineSockets.length === 0;
  if (device.services.includes("_resin-device._sub._ssh._tcp")) return false;
  return (
    device.services.some((service) => APPLIANCE_SERVICES.has(service)) || APPLE_MODEL.test(device.announcedModel ?? "")
  );
}
