import { AppError, type Device } from "../../../shared/domain/index.ts";
import { looksLikeAddress, parseAddress } from "./address.ts";
import { askJumpPassword, type JumpTries } from "./ask-jump-password.ts";
import type { Context } from "./context.ts";
import { followDevices } from "./follow-devices.ts";
import { unlockKeys } from "./unlock-keys.ts";

const waitMs = 12_000;

/**
 * Waits until the device of that name, id or address has a definite state and gives it. A device that is not online
 * throws what its state says. Throws `not-found` when nothing of that name was heard of in time.
 */
export async function findOnlineDevice(context: Context, name: string): Promise<Device> {
  const device = await findDevice(context, name);
  if (device.state === "online") return device;
  const trouble = device.trouble;
  throw new AppError(
    trouble?.code ?? "unreachable",
    trouble?.message ?? `${device.name} does not answer.`,
    trouble?.hint == null ? {} : { hint: trouble.hint },
  );
}

/**
 * As above, but a device in any definite state is an answer. A key with a passphrase that it was not tried with is opened,
 * when a person is there to give that. One that takes no key is tried once with the password of
 * this command, if there is one: no other device is ever given it.
 */
export async function findDevice(context: Context, name: string): Promise<Device> {
  const { client, password } = context;
  const unlocked = new Set<string>();
  const jumpTries: JumpTries = new Map();
  const address = looksLikeAddress(name) ? await addByAddress(context, name) : null;
  let devices: Device[] = [];
  let refusedSinceMs: number | null = null;
  let isAsked = false;
  let isTyped = true;
  // What a person types takes its time: the wait begins anew then.
  while (isTyped) {
    isTyped = false;
    for await (devices of followDevices(context, waitMs)) {
      const found = pick(devices, name, address);
      if (found?.state === "not-asked" && !isAsked) {
        // Whoever names it wants it: until now it only stood in ~/.ssh/config, or was heard of.
        isAsked = true;
        await client.devices.retry({ deviceId: found.id });
      }
      if (found === null || !isDefinite(found)) continue;
      isTyped = (await unlockKeys(context, found, unlocked)) || (await askJumpPassword(context, found, jumpTries));
      if (isTyped) break;
      if (found.state !== "auth-failed" || password === null) return found;
      // The refusal that it was tried for may be told more than once; another one is the answer to it.
      if (refusedSinceMs === null) {
        refusedSinceMs = found.stateSinceMs;
        await client.devices.setPassword({ deviceId: found.id, user: found.target.user, password });
      } else if (found.stateSinceMs !== refusedSinceMs) {
        return found;
      }
    }
  }
  const found = pick(devices, name, address);
  if (found !== null) return found;
  throw notFound(name, devices);
}

interface Address {
  host: string;
  port: number;
}

/** Where it is now: the port that was left out is for ssh_config to say. */
async function addByAddress({ client }: Context, text: string): Promise<Address> {
  const target = parseAddress(text);
  const device = await client.devices.add({ target, name: null });
  return { host: target.host, port: target.port ?? device.target.port };
}

/** Id or name first, then the address; several of one name is a question for the person. */
function pick(devices: readonly Device[], name: string, address: Address | null): Device | null {
  const exact = devices.filter((device) => device.id === name || device.name === name);
  const matches =
    exact.length > 0 ? exact : devices.filter((device) => isAt(device, address) || isCalled(device, name));
  if (matches.length > 1) {
    throw new AppError("bad-input", `${matches.length} devices are called ${name}.`, {
      hint: `Use an id: ${matches.map((device) => `${device.id} (${device.target.host})`).join(", ")}.`,
    });
  }
  return matches[0] ?? null;
}

function isAt(device: Device, address: Address | null): boolean {
  if (address === null || device.target.port !== address.port) return false;
  return device.target.host === address.host || device.addresses.includes(address.host);
}

/** A host of the person's ssh_config, under which they added it. */
function isCalled(device: Device, name: string): boolean {
  return device.target.host === name || device.addresses.includes(name);
}

function isDefinite(device: Device): boolean {
  return !["connecting", "not-asked"].includes(device.state) || device.hostKey.trust === "new";
}

function notFound(name: string, devices: readonly Device[]): AppError {
  const names = devices.map((device) => device.name).sort();
  return new AppError("not-found", `No device called ${name} was found.`, {
    hint:
      names.length === 0
        ? "`bayplan discover` shows what answers and why. A device that does not announce itself is reached by address: user@host."
        : `Known here: ${names.slice(0, 8).join(", ")}. A device that does not announce itself is reached by address: user@host.`,
  });
}
