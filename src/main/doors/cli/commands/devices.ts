import { AppError, type Device } from "../../../../shared/domain/index.ts";
import { parseAddress } from "../address.ts";
import { askYesNo } from "../ask-yes-no.ts";
import type { Context } from "../context.ts";
import { findDevice } from "../find-device.ts";
import { printable } from "../output.ts";

/** Adds a device by address; a key that was never seen is shown and asked about. */
export async function addDevice(
  context: Context,
  { address, name }: { address: string; name: string | null },
): Promise<number> {
  await context.client.devices.add({ target: parseAddress(address), name });
  const device = await findDevice(context, address);
  if (device.hostKey.trust === "new") {
    return trustDevice(context, { name: device.id, fingerprint: null, knownHosts: false });
  }
  return report(context, device);
}

/**
 * Agrees to a first-seen key: the fingerprint given, or a yes at the prompt. `knownHosts`: writes the agreed key into the
 * person's own known_hosts, too, also of a device that was agreed to before.
 */
export async function trustDevice(
  context: Context,
  { name, fingerprint, knownHosts }: { name: string; fingerprint: string | null; knownHosts: boolean },
): Promise<number> {
  const device = await findDevice(context, name);
  if (device.hostKey.trust !== "new") {
    if (knownHosts) await shareKey(context, device);
    return report(context, device);
  }
  const offered = device.hostKey.offered?.fingerprint ?? "";
  const agreed = fingerprint ?? (await ask(context, `${device.name} offers the key ${offered}. Trust it?`, offered));
  const trusted = await context.client.devices.trust({ deviceId: device.id, fingerprint: agreed });
  if (knownHosts) await shareKey(context, trusted);
  return report(context, trusted);
}

async function shareKey({ client, output }: Context, device: Device): Promise<void> {
  const { file, added } = await client.devices.shareKey({ deviceId: device.id });
  output.note(added ? `Its key is in ${file} now.` : `Its key was in ${file} already.`);
}

/** Replaces the pinned key of a re-flashed device, on consent to both fingerprints. */
export async function repinDevice(
  context: Context,
  { name, fingerprint }: { name: string; fingerprint: string | null },
): Promise<number> {
  const device = await findDevice(context, name);
  if (device.state !== "key-changed") return report(context, device);
  const pinned = device.hostKey.pinned?.fingerprint ?? "";
  const offered = device.hostKey.offered?.fingerprint ?? "";
  context.output.note(`${device.name} (serial ${device.facts?.boardSerial ?? "not known"})`);
  context.output.note(`  pinned   ${pinned}`);
  context.output.note(`  offered  ${offered}`);
  const agreed =
    fingerprint ?? (await ask(context, "Was this device flashed again, and is the offered key its own?", offered));
  return report(
    context,
    await context.client.devices.repin({ deviceId: device.id, pinnedFingerprint: pinned, offeredFingerprint: agreed }),
  );
}

/** Forgets a device and its pinned key. */
export async function forgetDevice(context: Context, { name }: { name: string }): Promise<number> {
  const device = await findDevice(context, name);
  const { forgotten } = await context.client.devices.forget({ deviceId: device.id });
  context.output.value({ forgotten, device: device.name });
  context.output.text(`${printable(device.name)} ${forgotten ? "is forgotten" : "was not remembered"}.`);
  return 0;
}

function report({ output }: Context, device: Device): number {
  output.value({ device });
  output.text(`${printable(device.name)} is ${device.remembered ? "remembered" : "not remembered"}, ${device.state}.`);
  return 0;
}

/** Without a person the answer must be an option, since consent is never assumed. */
async function ask(context: Context, question: string, fingerprint: string): Promise<string> {
  const unasked = () =>
    new AppError("key-unknown", question, {
      hint: `Compare it with the device's console, then say --fingerprint ${fingerprint}`,
    });
  if (await askYesNo(context, question, unasked)) return fingerprint;
  throw new AppError("cancelled", "The key was not trusted.");
}
