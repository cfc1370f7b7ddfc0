export { formatTarget } from "./commands/profile.ts";
export type { Output } from "./output.ts";
export type { Serve } from "./program.ts";
export { runCli } from "./run-cli.ts";
