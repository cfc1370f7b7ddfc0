import { failureOf } from "../../../shared/contract/index.ts";
import { AppError, type Device } from "../../../shared/domain/index.ts";
import { askHidden } from "./ask-hidden.ts";
import type { Context } from "./context.ts";

const triesMax = 3;

/**
 * Asks for the passphrase of the first key that this device was not tried with, on a terminal, without an echo. True when
 * one was opened: then the device is asked anew. Each key is asked about once.
 */
export async function unlockKeys(context: Context, device: Device, asked: Set<string>): Promise<boolean> {
  const { stdin } = process;
  if (context.output.json || !stdin.isTTY || device.trouble?.code !== "auth-failed") return false;
  const path = device.lockedKeys?.find((key) => !asked.has(key));
  if (path === undefined) return false;
  asked.add(path);
  context.output.note(device.trouble?.message ?? `${device.name} refuses the login.`);
  for (let tries = 0; tries < triesMax; tries += 1) {
    const passphrase = await askHidden(stdin, `Passphrase of ${path} (empty: leave it out): `, context.signal);
    if (passphrase === "") return unlockKeys(context, device, asked);
    try {
      await context.client.devices.unlockKey({ deviceId: device.id, path, passphrase });
      return true;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code !== "bad-input") throw error;
      context.output.note(failure.message);
    }
  }
  throw new AppError("auth-failed", `The passphrase of ${path} was wrong ${triesMax} times.`);
}
