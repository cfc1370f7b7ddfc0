export { buildHeaders, type FoundAccount, pullHeaders, type RegistryAccounts } from "./account.ts";
export { dockerAccounts } from "./docker-accounts.ts";
export { refusedAccess } from "./refused-access.ts";
export { registryOf } from "./registry.ts";
