import type { Device, SshTarget } from "../../../shared/domain/index.ts";
import { askHidden } from "./ask-hidden.ts";
import type { Context } from "./context.ts";

const triesMax = 3;

/** How often each jump host was asked about in this command. */
export type JumpTries = Map<string, number>;

/**
 * Gives the jump host before a device its password: that of this command once, then one that is typed on a terminal,
 * without an echo. True when one was given: then the device is asked anew. No other host is given it.
 */
export async function askJumpPassword(context: Context, device: Device, tries: JumpTries): Promise<boolean> {
  const { askingJump: jump } = device;
  if (jump === undefined) return false;
  const who = `${jump.user}@${jump.host}${jump.port === 22 ? "" : `:${jump.port}`}`;
  const tried = tries.get(who) ?? 0;
  if (tried >= triesMax) return false;
  const password = await passwordFor(context, device, who, tried);
  if (password === null) return false;
  tries.set(who, tried + 1);
  await give(context, device, jump, password);
  return true;
}

async function passwordFor(context: Context, device: Device, who: string, tried: number): Promise<string | null> {
  if (tried === 0 && context.jumpPassword !== null) return context.jumpPassword;
  const { stdin } = process;
  if (context.output.json || !stdin.isTTY) return null;
  context.output.note(device.trouble?.message ?? `${who} refuses the login.`);
  const question = `Password of ${who}, the jump host before ${device.name} (empty: leave it): `;
  const typed = await askHidden(stdin, question, context.signal);
  return typed === "" ? null : typed;
}

async function give({ client }: Context, device: Device, jump: SshTarget, password: string): Promise<void> {
  await client.devices.setJumpPassword({ deviceId: device.id, jump, password });
}
