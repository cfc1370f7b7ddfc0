import { createORPCClient } from "@orpc/client";
import type { ContractRouterClient } from "@orpc/contract";
import type { contract } from "../../shared/contract/index.ts";
import { lastingLink } from "./link.ts";

/** Every call and stream of the host, typed by the one contract. */
export const client: ContractRouterClient<typeof contract> = createORPCClient(lastingLink);
