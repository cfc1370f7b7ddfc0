export { connectRoute } from "./connect-route.ts";
export { type ConnectSshOptions, connectSsh, loadHandshake } from "./connect-ssh.ts";
export { countSessions } from "./count-sessions.ts";
export { type DialerAgents, dialerAgents } from "./dialer-agent.ts";
export { keyPrintOf } from "./key-print.ts";
export { quoteArgv } from "./quote-argv.ts";
export {
  type CredentialsOptions,
  type FoundCredentials,
  openKey,
  readCredentials,
  type SkippedKey,
} from "./read-credentials.ts";
export { socketAgent } from "./socket-agent.ts";
export { type DialerQuestion, type FoundDialer, findDialer, type SocketDialer } from "./socket-dialer.ts";
export { askSshConfig, forgetSshConfig, type JumpSpec, type SshHostConfig, type SshIdentities } from "./ssh-config.ts";
export type {
  ExecOptions,
  ExecResult,
  OfferedHostKey,
  SshConnection,
  SshCredentials,
  SshProcess,
  VerifyHostKey,
} from "./ssh-connection.ts";
export { NoStreamPlace, SshConnectError, type SshFault } from "./ssh-errors.ts";
export { foundRoute, namedRoute, RouteError, type SshEnd, type SshRoute, straightRoute } from "./ssh-route.ts";
