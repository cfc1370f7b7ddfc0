import type { ContractRouterClient } from "@orpc/contract";
import type { contract } from "../../../shared/contract/index.ts";
import { createDirectClient, type HostOptions, openHost } from "../../api/index.ts";
import type { Output } from "./output.ts";

export type Client = ContractRouterClient<typeof contract>;

/** What a command works with: the same client that a window has, and the signal of Ctrl-C. */
export interface Context {
  client: Client;
  output: Output;
  signal: AbortSignal;
}

/** Opens the core for one command and closes it on every path. */
export async function withClient<T>(
  options: HostOptions,
  { output, signal }: { output: Output; signal: AbortSignal },
  action: (context: Context) => Promise<T>,
): Promise<T> {
  const host = await openHost(options);
  try {
    return await action({ client: createDirectClient(host.router), output, signal });
  } finally {
    await host.close();
  }
}
