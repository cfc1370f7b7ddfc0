import type { ContractRouterClient } from "@orpc/contract";
import type { contract } from "../../../shared/contract/index.ts";
import { createDirectClient, type HostOptions, openHost } from "../../api/index.ts";
import type { Output } from "./output.ts";

export type Client = ContractRouterClient<typeof contract>;

/** What a command gets from whoever typed it: where to write, the signal of Ctrl-C, and a password for one device. */
export interface Surroundings {
  output: Output;
  signal: AbortSignal;
  /** For the device that the command names, should it take no key; null for none. */
  password: string | null;
  /** For the jump host before that device, should it take no key; null for none. */
  jumpPassword: string | null;
}

/** What a command works with: the same client that a window has, and its surroundings. */
export interface Context extends Surroundings {
  client: Client;
}

/** Opens the core for one command and closes it on every path. */
export async function withClient<T>(
  options: HostOptions,
  surroundings: Surroundings,
  action: (context: Context) => Promise<T>,
): Promise<T> {
  const host = await openHost(options);
  try {
    return await action({ client: createDirectClient(host.router), ...surroundings });
  } finally {
    await host.close();
  }
}
