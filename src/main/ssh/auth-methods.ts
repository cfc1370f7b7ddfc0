import type { AnyAuthMethod } from "ssh2";
import type { SshCredentials } from "./ssh-connection.ts";

/** One thing to log in with, and what it is called in an error. */
export interface AuthAttempt {
  name: string;
  method: AnyAuthMethod;
}

/** Everything to log in with, in the order in which it is tried: keys, agent, password, and without any of them "none". */
export function authAttempts(username: string, credentials: SshCredentials): AuthAttempt[] {
  const attempts: AuthAttempt[] = credentials.privateKeys.map((key) => ({
    name: "key",
    method: { type: "publickey", username, key },
  }));
  if (credentials.agentSocket !== null) {
    attempts.push({ name: "agent", method: { type: "agent", username, agent: credentials.agentSocket } });
  }
  const { password } = credentials;
  if (password !== null) {
    attempts.push({ name: "password", method: { type: "password", username, password } });
    attempts.push({
      name: "password",
      method: {
        type: "keyboard-interactive",
        username,
        prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
      },
    });
  }
  if (attempts.length === 0) attempts.push({ name: "none", method: { type: "none", username } });
  return attempts;
}
